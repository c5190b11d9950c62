using System.Globalization;
using RobustMeta.Models;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Experiments;

/// <summary>
/// A method of another system, known by its scores for the test sets that were exported (<see cref="ScoresFile"/>): in a study it is a
/// method like the others, with the same metrics, intervals, tests, tables and figures. It cannot be checked what it was trained on.
/// </summary>
public sealed class GivenScoresSpec : MethodSpec
{
    /// <summary>Its name in specs and study files.</summary>
    public const string Keyword = "scores";

    /// <inheritdoc/>
    public override string Name => Keyword;

    /// <inheritdoc/>
    public override string Meaning => "scores of another system, from a file user,testset,item,score";

    /// <summary>The file changes without the settings.</summary>
    public override bool IsDetermined => false;

    /// <summary>The file.</summary>
    [Setting("file user,testset,item,score; {dataset} and {seed} stand for those of the run", Key = "scoresFile")]
    public string FileName { get; init; } = "scores.csv";

    /// <summary>What the scores are.</summary>
    [Setting(
        "what the scores are: order (of items alone) or labels (ratings, or logits of a click)",
        Key = "scoresAre"
    )]
    public ScoreKind Kind { get; init; } = ScoreKind.Order;

    /// <inheritdoc/>
    /// <exception cref="Data.DataFormatException">A row is wrong, or rows are missing.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public override IPredictor Fit(FitContext context)
    {
        var prepared = ExperimentFit.Of(context).Prepared;
        var path = FileName
            .Replace("{dataset}", prepared.Spec.Dataset, StringComparison.Ordinal)
            .Replace("{seed}", prepared.Spec.Seed.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return ScoresFile.Read(path, prepared).As(DisplayName, Kind);
    }
}

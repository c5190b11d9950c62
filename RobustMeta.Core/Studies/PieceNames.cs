using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RobustMeta.Studies;

/// <summary>Names of the pieces of work of a study: the same in every process, and fit for file names.</summary>
internal static class PieceNames
{
    private const int HashDigits = 12;

    /// <summary>The piece that a run belongs to.</summary>
    public static string Of(StudySpec spec, PlannedRun run) =>
        run.Stage switch
        {
            RunStage.SharedTuning => Shared(
                run.Cell,
                // A search whose candidates are tried one after the other is one piece.
                spec.Tuning.Search
                    is null
                    ? spec.Tuning.Values.ToList().IndexOf(run.Shared!)
                    : 0
            ),
            RunStage.MethodTuning => Method(run.Cell, run.Method),
            _ => Seed(run.Cell, run.Seed, run.Point.Text),
        };

    /// <summary>A whole stage of tuning.</summary>
    public static string Of(TuningKey key) => key.Method is { } method ? Method(key.Cell, method) : Shared(key.Cell, 0);

    /// <summary>A candidate of the shared stage.</summary>
    public static string Shared(StudyCell cell, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{cell.FileName} shared-{number}");

    /// <summary>One candidate of a search whose candidates are trained side by side.</summary>
    public static string Trial(TuningKey key, TuningRun run) =>
        string.Create(CultureInfo.InvariantCulture, $"{Of(key)} trial-{run.Trial} seed-{run.Experiment.Seed}");

    /// <summary>A seed of a cell, at one point of the sweeps, which may hold what file names cannot.</summary>
    public static string Seed(StudyCell cell, long seed, string point)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(point)))[..HashDigits];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{cell.FileName} seed-{seed}{(point.Length == 0 ? "" : $" {hash}")}"
        );
    }

    private static string Method(StudyCell cell, StudyMethod method) => $"{cell.FileName} tune-{method.Name}";
}

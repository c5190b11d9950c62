using RobustMeta.Settings;

namespace RobustMeta.Shift;

/// <summary>
/// Exposure by popularity: supports are drawn ∝ popularity^a from what a user rated, as though popular (a &gt; 0) or rare
/// (a &lt; 0) items had been shown first; a = 0 leaves them as they come, a random choice of the rated items. See
/// <see cref="ExposureDraw"/>.
/// </summary>
public sealed class SupportPopularity : ExposureDraw
{
    /// <inheritdoc/>
    public override string Name => "supportPopularity";

    /// <inheritdoc/>
    public override string Meaning =>
        "supports are drawn ∝ popularity^a from the rated items: 0 as they come, 1 popular ones first";

    /// <inheritdoc/>
    public override string AxisName => "power";

    /// <summary>Powers a, one test set each.</summary>
    [Setting("powers a of popularity that supports are drawn by, one test set each", Min = -10, Max = 10)]
    public IReadOnlyList<double> SupportPowers { get; init; } = [-2, -1, 0, 1, 2];

    /// <inheritdoc/>
    protected override IReadOnlyList<double> Coordinates => SupportPowers;

    /// <inheritdoc/>
    protected override IDrawWeights Weights(ShiftInput input)
    {
        var popularity = ItemPopularities.Logarithms(input.Source, input.Split.MetaTrain);
        var items = input.Source.Ratings.ItemIndex;
        return new SupportDraw((_, rated) => [.. rated.Select(row => popularity[items[row]])]);
    }
}

using System.Globalization;

namespace RobustMeta.Tasks;

/// <summary>
/// Which labels are relevant: those that reach a threshold. The only place that compares a label with a threshold. Labels
/// are single precision, so the threshold is rounded as they are: a rating of 3.3 reaches a threshold of 3.3.
/// </summary>
public sealed class BinaryRelevance
{
    private readonly float smallest;

    /// <summary>Relevance from a threshold on.</summary>
    /// <param name="threshold">Smallest label that is relevant.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no finite number, so that no label or every one would be relevant.</exception>
    public BinaryRelevance(double threshold)
    {
        if (!double.IsFinite(threshold))
        {
            throw new ArgumentOutOfRangeException(
                nameof(threshold),
                threshold,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The smallest relevant label is {threshold}; expected a finite number, e.g. 4."
                )
            );
        }
        Threshold = threshold;
        smallest = (float)threshold;
    }

    /// <summary>Label of a candidate that the user never rated (NaN): it is never relevant, whatever the threshold.</summary>
    public const float Unlabelled = float.NaN;

    /// <summary>Relevance of click labels, which are 0 or 1.</summary>
    public static BinaryRelevance OfClicks { get; } = new(0.5);

    /// <summary>Smallest label that is relevant, as it was given.</summary>
    public double Threshold { get; }

    /// <summary>Whether a label is relevant.</summary>
    public bool Holds(float label) => label >= smallest;
}

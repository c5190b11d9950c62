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
    public BinaryRelevance(double threshold)
    {
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

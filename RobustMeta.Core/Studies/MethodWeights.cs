namespace RobustMeta.Studies;

/// <summary>The learned weights of a method's first run in a cell, thinned to what a drawing shows.</summary>
/// <param name="Cell">Where it was trained.</param>
/// <param name="Method">The method, a swept one with its settings.</param>
/// <param name="UserCount">Number of user weights; 0 where that level stays uniform.</param>
/// <param name="Users">Some of them, evenly over their sizes.</param>
/// <param name="InteractionCount">Number of interaction weights; 0 where that level stays uniform.</param>
/// <param name="Interactions">Some of them, evenly over their sizes.</param>
public sealed record MethodWeights(
    StudyCell Cell,
    string Method,
    int UserCount,
    IReadOnlyList<WeightRecord> Users,
    int InteractionCount,
    IReadOnlyList<WeightRecord> Interactions
)
{
    // More points cannot be told apart in a figure.
    private const int Most = 1000;

    /// <summary>The weights of the first run of each method that learns any, in the order of the plan.</summary>
    /// <param name="weights">Weights of finished runs.</param>
    public static IReadOnlyList<MethodWeights> Of(IEnumerable<StudyWeights> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return
        [
            .. weights
                .DistinctBy(own => (own.Run.Cell, CellReader.Label(own.Run)))
                .Select(own => new MethodWeights(
                    own.Run.Cell,
                    CellReader.Label(own.Run),
                    own.Users.Count,
                    StudyWeights.Thinned(own.Users, Most),
                    own.Interactions.Count,
                    StudyWeights.Thinned(own.Interactions, Most)
                )),
        ];
    }
}

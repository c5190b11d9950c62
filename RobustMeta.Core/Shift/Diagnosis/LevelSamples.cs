namespace RobustMeta.Shift.Diagnosis;

/// <summary>The features of two populations at one level.</summary>
/// <param name="Level">What they are features of.</param>
/// <param name="Names">Name of each feature.</param>
/// <param name="Train">Features of each member of the training population.</param>
/// <param name="Test">Features of each member of the test population.</param>
/// <param name="TrainingGroups">Group of each: members of a group (the interactions of a user) are not independent.</param>
/// <param name="TestGroups">The same of the test population; the same group may be in both.</param>
internal sealed record LevelSamples(
    string Level,
    IReadOnlyList<string> Names,
    double[][] Train,
    double[][] Test,
    int[] TrainingGroups,
    int[] TestGroups
)
{
    /// <summary>How each feature differs.</summary>
    public IReadOnlyList<FeatureShift> Features() =>
        [
            .. Names.Select(
                (name, f) =>
                {
                    double[] training = [.. Train.Select(x => x[f])];
                    double[] test = [.. Test.Select(x => x[f])];
                    var mean = training.Average();
                    var spread = Math.Sqrt(training.Average(x => (x - mean) * (x - mean)));
                    return new FeatureShift(
                        Level,
                        name,
                        mean,
                        test.Average(),
                        spread > 1e-9 ? (test.Average() - mean) / spread : 0,
                        BinnedDivergence.Of(test, training).KullbackLeibler
                    );
                }
            ),
        ];
}

namespace RobustMeta.Experiments;

/// <summary>What a method cost.</summary>
/// <param name="Training">Wall time of training or fitting, selection on validation included.</param>
/// <param name="Evaluation">Wall time of the evaluation on all test sets.</param>
/// <param name="UserPasses">Training users times passes over them.</param>
/// <param name="PeakBytes">Largest working set of the process in training.</param>
public sealed record RunCost(TimeSpan Training, TimeSpan Evaluation, long UserPasses, long PeakBytes)
{
    /// <summary>Users trained on a second.</summary>
    public double UsersPerSecond => UserPasses / Math.Max(1e-9, Training.TotalSeconds);

    /// <summary>Wall time of fitting the reference and comparing it with the plainly trained model; not in the training's.</summary>
    public TimeSpan Reference { get; init; }

    /// <summary>Wall time of everything: reference, training and evaluation.</summary>
    public TimeSpan Total => Reference + Training + Evaluation;
}

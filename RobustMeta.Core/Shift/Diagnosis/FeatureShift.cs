namespace RobustMeta.Shift.Diagnosis;

/// <summary>How one feature differs between the training and the test population.</summary>
/// <param name="Level">Of what it is a feature: <c>user</c>, <c>item</c> or <c>interaction</c>.</param>
/// <param name="Feature">Its name; of a feature with tokens <c>name=token</c>, which is 0 or 1.</param>
/// <param name="Training">Mean in training.</param>
/// <param name="Test">Mean in the test.</param>
/// <param name="Difference">Difference of the means in standard deviations of training; 0 for a constant feature.</param>
/// <param name="Kl">KL(test ‖ training) in nats over bins of training (<see cref="BinnedDivergence"/>).</param>
public sealed record FeatureShift(
    string Level,
    string Feature,
    double Training,
    double Test,
    double Difference,
    double Kl
);

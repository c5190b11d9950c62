using RobustMeta.Experiments;

namespace RobustMeta.Studies.Collection;

/// <summary>What all rows of a run have in common, or of the baselines that are measured once for all methods.</summary>
/// <param name="Name">Hash of the run; of baselines the name of their file.</param>
/// <param name="Method">The method.</param>
/// <param name="Point">Swept settings.</param>
/// <param name="Shared">Value of the shared stage of tuning.</param>
/// <param name="Own">Value of the method's own stage.</param>
/// <param name="SharedTuning">The choice of the shared stage, as <see cref="CollectedTuning"/> writes it; null where nothing is tuned.</param>
/// <param name="OwnTuning">The choice of the method's own stage, likewise.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Shift">Where the test sets stand.</param>
/// <param name="Validation">Value of the selection metric on the validation users; NaN where nothing was selected.</param>
/// <param name="VectorWidth">Vector width of the processor; empty for baselines.</param>
internal sealed record CollectedSource(
    string Name,
    string Method,
    SweepPoint Point,
    string? Shared,
    string? Own,
    string? SharedTuning,
    string? OwnTuning,
    long Seed,
    ShiftAxis Shift,
    double Validation,
    string VectorWidth
);

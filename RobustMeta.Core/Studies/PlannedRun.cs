namespace RobustMeta.Studies;

/// <summary>One run of a plan.</summary>
/// <param name="Cell">Data set, shift and base model.</param>
/// <param name="Method">The method.</param>
/// <param name="Stage">What it is for.</param>
/// <param name="Shared">Value of the shared stage of tuning; null where that is not decided yet.</param>
/// <param name="Own">Value of the method's own stage; null where that is not decided yet.</param>
/// <param name="Point">Swept settings.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Id">Hash of the run's spec, which names its folder; null where tuning must decide first.</param>
public sealed record PlannedRun(
    StudyCell Cell,
    StudyMethod Method,
    RunStage Stage,
    string? Shared,
    string? Own,
    SweepPoint Point,
    long Seed,
    string? Id
)
{
    /// <summary>What the run is called in messages.</summary>
    public string Title =>
        $"{Cell.Title}, {Method.Name}{(Point.Text.Length > 0 ? $", {Point.Text}" : "")}"
        + (Stage == RunStage.Report ? $", seed {Seed}" : $", tuning {(Stage == RunStage.SharedTuning ? Shared : Own)}");
}

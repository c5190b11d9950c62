namespace RobustMeta.Benchmarks.Overhead;

/// <summary>An epoch of a preset beside one of plain training in the same round.</summary>
/// <param name="Wall">Seconds of the clock.</param>
/// <param name="Cpu">Seconds of the processor.</param>
/// <param name="WallRatio">The first over plain training's.</param>
/// <param name="CpuRatio">The second over plain training's.</param>
internal sealed record PairedEpoch(double Wall, double Cpu, double WallRatio, double CpuRatio);

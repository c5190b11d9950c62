using RobustMeta.Benchmarks.Measurement;

namespace RobustMeta.Benchmarks.Overhead;

/// <summary>A preset's training in turn with a plain one.</summary>
/// <param name="Epochs">Epochs that were measured.</param>
/// <param name="Own">Seconds of the preset's turns, by the clock and of the processor.</param>
/// <param name="Plain">The same of plain training.</param>
internal sealed record PairedTraining(
    int Epochs,
    IReadOnlyList<(double Wall, double Cpu)> Own,
    IReadOnlyList<(double Wall, double Cpu)> Plain
)
{
    /// <summary>Seconds of an epoch, by the clock.</summary>
    public double Wall => Own.Sum(t => t.Wall) / Epochs;

    /// <summary>Seconds of an epoch, of the processor.</summary>
    public double Cpu => Own.Sum(t => t.Cpu) / Epochs;

    /// <summary>All turns over all of plain training's, by the clock: what ends an epoch is among them.</summary>
    public double WallRatio => Own.Sum(t => t.Wall) / Plain.Sum(t => t.Wall);

    /// <summary>The same by processor time.</summary>
    public double CpuRatio => Own.Sum(t => t.Cpu) / Plain.Sum(t => t.Cpu);

    /// <summary>Each turn over plain training's before or after it, by the clock: quartiles and median, without what only a few turns have.</summary>
    public (double Low, double Median, double High) Turns
    {
        get
        {
            var ratios = Own.Zip(Plain, (own, plain) => own.Wall / plain.Wall).Order().ToArray();
            return (ratios[ratios.Length / 4], Series.Median(ratios), ratios[ratios.Length * 3 / 4]);
        }
    }
}

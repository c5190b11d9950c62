using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Models;
using RobustMeta.Training;

namespace RobustMeta.Benchmarks.SideBySide;

/// <summary>How far a contender's loss and gradient of the first batch are from the reference's.</summary>
/// <param name="Contender">Who.</param>
/// <param name="Loss">Relative deviation of the loss.</param>
/// <param name="Gradient">Largest over parameters of ‖g − g_ref‖ / ‖g_ref‖.</param>
/// <param name="Parameter">The parameter where that is.</param>
internal sealed record GradientCheck(string Contender, double Loss, double Gradient, string Parameter)
{
    /// <summary>The larger deviation; not a number if anything is not.</summary>
    public double Largest => Math.Max(Loss, Gradient);

    /// <summary>Compares all contenders with the first peer in double precision, or else with the first contender.</summary>
    /// <param name="contenders">Who is up.</param>
    /// <param name="parameters">What has a gradient.</param>
    /// <param name="folder">Where gradient files go.</param>
    public static (string Reference, GradientCheck[] Checks) Run(
        IReadOnlyList<RunningContender> contenders,
        ParameterSet parameters,
        string folder
    )
    {
        var reference = contenders.FirstOrDefault(c => c.Contender.IsPeer) ?? contenders[0];
        var precision = reference.Contender.IsPeer ? "float64" : "float32";
        var (loss, gradient) = Ask(reference, precision, folder);
        var checks = contenders.Select(contender =>
        {
            var (ownLoss, own) = Ask(contender, "float32", folder);
            var (deviation, parameter) = parameters
                .All.Select(p => (Deviation(own.Single(p.Name), gradient.Single(p.Name)), p.Name))
                // A value that is no number is the worst of all.
                .MaxBy(d => double.IsNaN(d.Item1) ? double.PositiveInfinity : d.Item1);
            return new GradientCheck(contender.Contender.Title, Math.Abs(ownLoss / loss - 1), deviation, parameter);
        });
        return ($"{reference.Contender.Title}, {precision}", [.. checks]);
    }

    private static (double Loss, SafetensorsFile Gradient) Ask(
        RunningContender contender,
        string precision,
        string folder
    )
    {
        var path = Path.Combine(folder, $"{contender.Contender.Key}.{precision}.safetensors");
        var answer = contender.Check(path, precision);
        return (answer.Loss, SafetensorsFile.Load(path));
    }

    private static double Deviation(float[] mine, float[] reference)
    {
        double difference = 0;
        double size = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            difference += Math.Pow((double)mine[i] - reference[i], 2);
            size += Math.Pow(reference[i], 2);
        }
        return size == 0 ? Math.Sqrt(difference) : Math.Sqrt(difference / size);
    }
}

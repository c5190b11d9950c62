using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Engine.Fused;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Benchmarks.SideBySide;

/// <summary>How far a contender's loss and gradient of the first batch are from the reference's.</summary>
/// <param name="Contender">Who.</param>
/// <param name="Loss">Relative deviation of the loss.</param>
/// <param name="Gradient">
/// Largest over parameters of ‖g − g_ref‖ / ‖g_ref‖; of a gradient that vanishes, in units of the largest of them all.
/// </param>
/// <param name="Parameter">The parameter where that is.</param>
internal sealed record GradientCheck(string Contender, double Loss, double Gradient, string Parameter)
{
    // Where a model starts at a point of symmetry, a gradient is what rounding leaves of zero.
    private const double Vanishing = 1e-9;

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
            return Of(contender.Contender.Title, (ownLoss, own), (loss, gradient), parameters);
        });
        return ($"{reference.Contender.Title}, {precision}", [.. checks]);
    }

    /// <summary>Compares a peer in double precision with the fused engine in double precision.</summary>
    /// <param name="peer">Who is up.</param>
    /// <param name="model">The model.</param>
    /// <param name="batch">The first batch.</param>
    /// <param name="parameters">Initial parameters.</param>
    /// <param name="folder">Where the gradient file goes.</param>
    public static GradientCheck InDouble(
        RunningContender peer,
        MetaRecommender model,
        TaskBatch batch,
        ParameterSet parameters,
        string folder
    )
    {
        var arrays = ParameterArrays<double>.Doubles(parameters);
        using var core = FusedCores.Create(model, model.Phases[^1], arrays, 1, Arithmetic<double>.Best);
        var weight = 1.0 / batch.QueryItems.Length;
        var loss = 0.0;
        foreach (var value in core.Forward(batch, []))
        {
            loss += value * weight;
        }
        core.Backward(
            Enumerable.Repeat(weight, batch.QueryItems.Length).ToArray(),
            Enumerable.Repeat(1.0 / batch.Count, batch.Count).ToArray()
        );
        var (peerLoss, gradient) = Ask(peer, "float64", folder);
        return Of(model.Name, (peerLoss, gradient), (loss, name => arrays.Gradient(name).ToArray()), parameters);
    }

    private static GradientCheck Of(
        string title,
        (double Loss, Func<string, double[]> Gradient) own,
        (double Loss, Func<string, double[]> Gradient) reference,
        ParameterSet parameters
    )
    {
        string[] names = [.. parameters.All.Where(p => !p.IsState).Select(p => p.Name)];
        var least = Vanishing * names.Max(name => Size(reference.Gradient(name)));
        var (deviation, parameter) = names
            .Select(name => (Deviation(own.Gradient(name), reference.Gradient(name), least), name))
            // A value that is no number is the worst of all.
            .MaxBy(d => double.IsNaN(d.Item1) ? double.PositiveInfinity : d.Item1);
        return new(title, Math.Abs(own.Loss / reference.Loss - 1), deviation, parameter);
    }

    private static (double Loss, Func<string, double[]> Gradient) Ask(
        RunningContender contender,
        string precision,
        string folder
    )
    {
        var path = Path.Combine(folder, $"{contender.Contender.Key}.{precision}.safetensors");
        var answer = contender.Check(path, precision);
        var file = SafetensorsFile.Load(path);
        return (
            answer.Loss,
            precision == "float64" ? file.Double : name => Array.ConvertAll(file.Single(name), x => (double)x)
        );
    }

    private static double Deviation(double[] mine, double[] reference, double least)
    {
        var difference = Size([.. mine.Zip(reference, (x, y) => x - y)]);
        var size = Math.Max(Size(reference), least);
        return size == 0 ? difference : difference / size;
    }

    private static double Size(double[] values) => Math.Sqrt(values.Sum(x => x * x));
}

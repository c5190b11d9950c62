using System.Globalization;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Data;
using RobustMeta.Engine;
using RobustMeta.Experiments;
using RobustMeta.Robustness;
using RobustMeta.Robustness.References;
using RobustMeta.Runtime;
using RobustMeta.Training;

namespace RobustMeta.Benchmarks.Overhead;

/// <summary>
/// What robust weights add to an epoch of training, for every preset. In each round every preset trains right after or right before a plain
/// training, and is compared with that one. References are fitted before the clock starts; where a preset's is a trained model, the bias model
/// takes its place, which costs an epoch the same: both are tables of losses.
/// </summary>
internal static class OverheadProgram
{
    private const string Plain = "plain";
    private const long Seed = 1128;

    /// <summary>Measures, and prints a table.</summary>
    public static int Run(OverheadSpec spec)
    {
        var experiment = ExperimentSpec.Of("MeLU").With(Pairs(spec));
        var users = spec.Users * 5 / 4;
        var world = SyntheticRatings.Generate(new() { Users = users }, Seed);
        var prepared = PreparedExperiment.Of(experiment, new(world.Ratings, 4.0, ["segment"], ["category"]));
        var bias = BiasReference.Of(prepared.Source, prepared.Split.MetaTrain);
        var presets = Presets(spec);
        var rounds = presets.ToDictionary(name => name, _ => new List<PairedEpoch>());
        Train(prepared, experiment, bias, spec, Plain);
        for (var round = 0; round < spec.Rounds; round++)
        {
            foreach (var name in presets)
            {
                // Alternately, so that neither profits from following the other.
                var first = Train(prepared, experiment, bias, spec, round % 2 == 0 ? Plain : name);
                var second = Train(prepared, experiment, bias, spec, round % 2 == 0 ? name : Plain);
                var (plain, own) = round % 2 == 0 ? (first, second) : (second, first);
                rounds[name].Add(new(own.Wall, own.Cpu, own.Wall / plain.Wall, own.Cpu / plain.Cpu));
            }
            Console.Error.WriteLine($"round {round + 1} of {spec.Rounds}");
        }
        Print(prepared, presets.Select(name => Row(name, rounds[name])));
        return 0;
    }

    private static string[] Row(string name, IReadOnlyList<PairedEpoch> rounds)
    {
        string Of(Func<PairedEpoch, double> value, string format) =>
            Series.Median(rounds.Select(value)).ToString(format, CultureInfo.InvariantCulture);
        string Range(Func<PairedEpoch, double> value) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Series.Median(rounds.Select(value)):F3} ({rounds.Min(value):F3} to {rounds.Max(value):F3})"
            );
        return [name, Of(r => r.Wall, "F3"), Of(r => r.Cpu, "F3"), Range(r => r.WallRatio), Range(r => r.CpuRatio)];
    }

    private static void Print(PreparedExperiment prepared, IEnumerable<string[]> rows)
    {
        Console.WriteLine(
            MarkdownTable.Of(
                ["host", ""],
                [.. EnvironmentReport.Facts().Select(f => new[] { f.Name, f.Value })],
                text: 2
            )
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{prepared.Split.MetaTrain.Length:N0} training users; seconds of an epoch; ratios to plain training beside it\n"
            )
        );
        Console.WriteLine(MarkdownTable.Of(["preset", "wall s", "CPU s", "wall : plain", "CPU : plain"], [.. rows]));
    }

    private static (double Wall, double Cpu) Train(
        PreparedExperiment prepared,
        ExperimentSpec experiment,
        FixedReference bias,
        OverheadSpec spec,
        string preset
    )
    {
        var method = experiment.Meta.Robust(preset);
        var model = method.Model.Create(
            prepared.SchemaOf(method.Features),
            method.Features.EmbeddingScale,
            prepared.Source.Label
        );
        var tasks = prepared.Split.MetaTrain;
        var kind = method.Robustness.References.Reference;
        var reference =
            kind.Predicts || kind is AutoReference
                ? bias
                : method.Robustness.References.Fit(prepared.Source, tasks, null, experiment.Seed);
        var reweighter = Reweighter.Over(method.Robustness, prepared.Source, tasks, reference, experiment.Seed);
        using var engine = method.Engine.Create(model, model.CreateParameters(experiment.Seed));
        var trainer = new Trainer(
            method.Training with
            {
                Epoch = spec.Epochs,
            },
            engine,
            reweighter,
            prepared.Source,
            tasks,
            prepared.Validation,
            experiment.Seed,
            model.Phases
        );
        GC.Collect();
        var clock = new EpochClock();
        trainer.Run(progress: clock);
        return clock.Median;
    }

    private static IReadOnlyList<string> Presets(OverheadSpec spec) =>
        spec.Presets is ["all"]
            ? [.. RobustPreset.All.Where(p => p.Settings.All(s => s.Key != "population")).Select(p => p.Name)]
            : spec.Presets;

    private static (string, string)[] Pairs(OverheadSpec spec) =>
        [
            .. spec
                .Settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Split('=', 2))
                .Select(pair => (pair[0], pair[1])),
            ("userNum", (spec.Users * 5 / 4).ToString(CultureInfo.InvariantCulture)),
        ];
}

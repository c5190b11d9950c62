using System.Globalization;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Data;
using RobustMeta.Engine;
using RobustMeta.Experiments;
using RobustMeta.Robustness;
using RobustMeta.Robustness.References;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Training;

namespace RobustMeta.Benchmarks.Overhead;

/// <summary>
/// What robust weights add to training, for every preset. Each trains in turn with a plain training, some steps of the one and as many of the
/// other, so that what the machine does meanwhile meets both. References are fitted before the clock starts; where a preset's is a trained model, the bias model
/// takes its place, which costs an epoch the same: both are tables of losses.
/// </summary>
internal static class OverheadProgram
{
    private const string Plain = "plain";
    private const long Seed = 1128;

    /// <summary>Measures, and prints a table.</summary>
    /// <exception cref="SettingException">A preset is named twice, none is, or the settings cannot be measured.</exception>
    public static int Run(OverheadSpec spec)
    {
        var presets = Presets(spec);
        var experiment = ExperimentSpec.Of("MeLU").With(Pairs(spec));
        if (experiment.Meta.Training.Patience > 0)
        {
            throw new SettingException(
                "settings has patience: a training that ends early has fewer epochs than the one beside it; expected none"
            );
        }
        var users = spec.Users * 5 / 4;
        var world = SyntheticRatings.Generate(new() { Users = users }, Seed);
        var prepared = PreparedExperiment.Of(experiment, new(world.Ratings, 4.0, ["segment"], ["category"]));
        var bias = BiasReference.Of(prepared.Source, prepared.Split.MetaTrain);
        var rounds = presets.ToDictionary(name => name, _ => new List<PairedTraining>());
        for (var round = 0; round < spec.Rounds; round++)
        {
            foreach (var name in presets)
            {
                // Who begins pays for what the process warms up: by turns.
                rounds[name].Add(InTurn(prepared, experiment, bias, spec, name, place: 1 - round % 2));
                Console.Error.WriteLine($"round {round + 1} of {spec.Rounds}: {name}");
            }
        }
        var turns = rounds.Values.SelectMany(r => r).Min(r => Math.Min(r.Own.Count, r.Plain.Count));
        Print(prepared, spec, turns, presets.Select(name => Row(name, rounds[name])));
        return 0;
    }

    private static string[] Row(string name, IReadOnlyList<PairedTraining> rounds)
    {
        string Of(Func<PairedTraining, double> value, string format) =>
            Series.Median(rounds.Select(value)).ToString(format, CultureInfo.InvariantCulture);
        string Range(Func<PairedTraining, double> value) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Series.Median(rounds.Select(value)):F3} ({rounds.Min(value):F3} to {rounds.Max(value):F3})"
            );
        var turns = string.Create(
            CultureInfo.InvariantCulture,
            $"{Of(r => r.Turns.Median, "F3")} ({Of(r => r.Turns.Low, "F3")} to {Of(r => r.Turns.High, "F3")})"
        );
        return
        [
            name,
            Of(r => r.Wall, "F3"),
            Of(r => r.Cpu, "F3"),
            turns,
            Range(r => r.WallRatio),
            Range(r => r.CpuRatio),
        ];
    }

    private static void Print(PreparedExperiment prepared, OverheadSpec spec, int turns, IEnumerable<string[]> rows)
    {
        Console.WriteLine(
            MarkdownTable.Of(
                ["host", ""],
                [.. EnvironmentReport.Facts().Select(f => new[] { f.Name, f.Value })],
                text: 2
            )
        );
        var (rounds, steps) = (Counted.Of(spec.Rounds, "round", "rounds"), Counted.Of(spec.Steps, "step", "steps"));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                MeLU ({spec.Settings}), seed {Seed}; {prepared.Split.MetaTrain.Length:N0} training users.
                {rounds} of {spec.Epochs} epochs, the first of which is not counted; {turns} turns of {steps} each in a training.
                Seconds of an epoch: medians of the rounds. Ratios to plain training in turn with it: of turns, median and quartiles (medians of the rounds);
                of the whole, with what ends an epoch, median and range of the rounds.

                """
            )
        );
        Console.WriteLine(
            MarkdownTable.Of(["preset", "wall s", "CPU s", "a turn : plain", "wall : plain", "CPU : plain"], [.. rows])
        );
    }

    private static PairedTraining InTurn(
        PreparedExperiment prepared,
        ExperimentSpec experiment,
        FixedReference bias,
        OverheadSpec spec,
        string preset,
        int place
    )
    {
        var turns = new Turns();
        var (plain, trainPlain) = Training(prepared, experiment, bias, spec, Plain, turns, 1 - place);
        var (own, trainOwn) = Training(prepared, experiment, bias, spec, preset, turns, place);
        using (plain)
        using (own)
        {
            GC.Collect();
            try
            {
                Task.WaitAll(
                    Task.Factory.StartNew(trainPlain, TaskCreationOptions.LongRunning),
                    Task.Factory.StartNew(trainOwn, TaskCreationOptions.LongRunning)
                );
            }
            catch (AggregateException error)
                when (error.InnerExceptions.OfType<DivergenceException>().FirstOrDefault() is { } diverged)
            {
                throw new SettingException($"{preset}: {diverged.Message}");
            }
            return new(spec.Epochs - 1, own.Slices, plain.Slices);
        }
    }

    private static (TurnEngine Engine, Action Train) Training(
        PreparedExperiment prepared,
        ExperimentSpec experiment,
        FixedReference bias,
        OverheadSpec spec,
        string preset,
        Turns turns,
        int place
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
        var parameters = model.CreateParameters(experiment.Seed);
        var own = method.Engine.Create(model, parameters);
        if (own is not FusedEngine fused)
        {
            own.Dispose();
            throw new SettingException(
                "settings has an engine that gives no turn away; expected engine=fused, or none"
            );
        }
        var engine = new TurnEngine(fused, turns, place, spec.Steps);
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
        return (engine, Train);

        void Train()
        {
            try
            {
                engine.Begin();
                trainer.Run(progress: engine);
            }
            finally
            {
                engine.End();
            }
        }
    }

    private static IReadOnlyList<string> Presets(OverheadSpec spec)
    {
        if (spec.Presets.Count == 0)
        {
            throw new SettingException("presets names none; expected all, or names with commas between");
        }
        if (
            spec.Presets.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is
            { } twice
        )
        {
            throw new SettingException($"presets names '{twice.Key}' twice; expected each once");
        }
        return spec.Presets is ["all"]
            ? [.. RobustPreset.All.Where(p => p.Settings.All(s => s.Key != "population")).Select(p => p.Name)]
            : spec.Presets;
    }

    private static (string, string)[] Pairs(OverheadSpec spec) =>
        [
            .. spec
                .Settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair =>
                    pair.Split('=', 2) is [var name, var value]
                        ? (name, value)
                        : throw new SettingException($"settings has '{pair}'; expected name=value, with blanks between")
                ),
            ("userNum", (spec.Users * 5 / 4).ToString(CultureInfo.InvariantCulture)),
        ];
}

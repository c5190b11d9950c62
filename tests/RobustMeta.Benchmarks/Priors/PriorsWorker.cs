using System.Diagnostics;
using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Data;
using RobustMeta.Engine;
using RobustMeta.Experiments;
using RobustMeta.Runtime;

namespace RobustMeta.Benchmarks.Priors;

/// <summary>Measures one prior in this process and prints a line.</summary>
internal static class PriorsWorker
{
    /// <summary>Measures.</summary>
    /// <param name="prior">The users' prior.</param>
    /// <param name="spec">On what.</param>
    public static int Run(string prior, PriorsSpec spec)
    {
        var experiment = ExperimentSpec
            .Of("MetaPMF")
            .With([
                ("dataset", spec.Dataset),
                ("userNum", SettingText(spec.UserNum)),
                ("levels", "none"),
                ("baselines", "none"),
                ("shiftDraws", "1"),
                ("userPrior", prior),
                ("itemPrior", prior == "safe" ? "exposure" : prior),
            ]);
        var prepared = PreparedExperiment.Of(experiment, DatasetCatalog.Default.Load(spec.Dataset));
        var meta = experiment.Meta;
        var model = meta.Model.Create(
            prepared.SchemaOf(meta.Features),
            meta.Features.EmbeddingScale,
            prepared.Source.Label
        );
        var train = prepared.Source.All(prepared.Split.MetaTrain);
        var test = prepared.Source.All(prepared.Split.Test);
        var parameters = model.CreateParameters(1);
        NativeLibraries.EnsureLoaded();
        GC.Collect();
        var before = Environment.WorkingSet;
        double start;
        double peak;
        using (var memory = new PeakMemory())
        {
            var clock = Stopwatch.StartNew();
            model.Start(parameters, train, 1, spec.Threads);
            start = clock.Elapsed.TotalSeconds;
            peak = memory.Bytes - before;
        }
        using var engine = new AutogradEngine(model, parameters, threads: 1);
        // The just-in-time compiler works in the first pass.
        engine.Predict(test);
        var folds = new double[spec.Folds];
        for (var fold = 0; fold < folds.Length; fold++)
        {
            var clock = Stopwatch.StartNew();
            engine.Predict(test);
            folds[fold] = clock.Elapsed.TotalMicroseconds / test.Count;
        }
        var cost = new PriorCost(train.Count, start, peak, 4.0 * parameters.Size, Series.Median(folds));
        Console.WriteLine(Answers.Print(cost));
        return 0;
    }

    private static string SettingText(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

using System.Diagnostics;
using System.Globalization;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Experiments;
using RobustMeta.Runtime;

namespace RobustMeta.Benchmarks.Scale;

/// <summary>One large run, phase by phase: seconds, and the largest memory of the process so far.</summary>
internal static class SizeProgram
{
    /// <summary>Runs and prints.</summary>
    public static int Run(SizeSpec spec)
    {
        var phases = new List<string[]>();
        var clock = Stopwatch.StartNew();
        void Done(string phase, double seconds)
        {
            phases.Add([phase, Text(seconds), Text(Process.GetCurrentProcess().PeakWorkingSet64 / 1e9)]);
            Console.Error.WriteLine($"{phase}: {Text(seconds)} s");
            clock.Restart();
        }

        var dataset = LargeWorld.Make(spec.Users, spec.Items, spec.RatingsOfUser);
        Done("make ratings", clock.Elapsed.TotalSeconds);
        var experiment = ExperimentSpec
            .Of(spec.Method)
            .With([
                .. spec
                    .Settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(pair => pair.Split('=', 2))
                    .Select(pair => (pair[0], pair[1])),
            ]);
        var prepared = PreparedExperiment.Of(experiment, dataset);
        Done("tasks and test sets", clock.Elapsed.TotalSeconds);
        var result = ExperimentRunner.Run(prepared, experiment);
        Done("train", result.Cost.Training.TotalSeconds);
        Done("evaluate", result.Cost.Evaluation.TotalSeconds);
        var folder = new RunFolder(spec.Folder, experiment);
        folder.Write(prepared, result);
        Done("save", clock.Elapsed.TotalSeconds);

        string[][] facts =
        [
            .. EnvironmentReport.Facts().Select(fact => new[] { fact.Name, fact.Value }),
            ["users, items, ratings", $"{spec.Users:N0}, {spec.Items:N0}, {dataset.Ratings.Count:N0}"],
            ["users trained, tested", $"{prepared.Split.MetaTrain.Length:N0}, {prepared.Split.Test.Length:N0}"],
            ["users a second", Text(result.Cost.UsersPerSecond)],
            ["validation", result.Training.BestValidation.ToString("F4", CultureInfo.InvariantCulture)],
            ["folder", Text(new DirectoryInfo(folder.Path).EnumerateFiles().Sum(file => file.Length) / 1e6) + " MB"],
        ];
        Console.WriteLine(MarkdownTable.Of(["run", ""], facts, text: 2));
        Console.WriteLine(MarkdownTable.Of(["phase", "seconds", "peak GB"], [.. phases], text: 1));
        return 0;
    }

    private static string Text(double value) => value.ToString("N2", CultureInfo.InvariantCulture);
}

using System.Diagnostics;
using System.Globalization;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Studies;

namespace RobustMeta.Benchmarks.Scale;

/// <summary>
/// Plan and status of a large study. Its results are made: a folder a run with the files that status reads, as runs leave them.
/// </summary>
internal static class StoreProgram
{
    // 7 x 7 x 4 x 4, the grid of the paper.
    private const int Points = 784;
    private const int Others = 13;
    private const string Sweep = """
        taskWeightLr = [1e-4, 5e-4, 1e-3, 5e-3, 0.01, 0.05, 0.1]
        sampleWeightLr = [1e-4, 5e-4, 1e-3, 5e-3, 0.01, 0.05, 0.1]
        localLr = [1e-4, 5e-4, 1e-3, 5e-3]
        lr = [1e-4, 5e-4, 1e-3, 5e-3]
        """;

    /// <summary>Measures and prints.</summary>
    public static int Run(StoreSpec spec)
    {
        if (Directory.Exists(spec.Folder))
        {
            Console.Error.WriteLine($"{spec.Folder} is there already; choose another 'folder'.");
            return 2;
        }
        var seeds = string.Join(", ", Enumerable.Range(1, (spec.Runs + Points) / (Points + 1)));
        var text =
            $"seeds = [{seeds}]\n[data.synthetic]\ndataset = \"synthetic\"\n[base.MeLU]\nmodel = \"MeLU\"\n"
            + $"[method.plain]\npreset = \"plain\"\n[method.paper]\npreset = \"paper\"\n[sweep.grid]\n{Sweep}\nmethods = [\"paper\"]\n";
        var rows = new List<string[]>();
        T Timed<T>(string what, Func<T> work)
        {
            var clock = Stopwatch.StartNew();
            var result = work();
            rows.Add([what, clock.Elapsed.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)]);
            Console.Error.WriteLine($"{what}: {rows[^1][1]} s");
            return result;
        }
        try
        {
            var study = Timed("read the study file", () => StudyFile.Parse("store.toml", text));
            var runs = Timed("plan", () => StudyPlan.Of(study).Runs().ToArray());
            Timed("plan as CSV", () => StudyExport.Plan(runs).Length);
            Timed("make results (not part of a study)", () => Make(spec.Folder, runs));
            var status = Timed("status", () => StudyStatus.Of(study, new StudyStore(spec.Folder)));
            Timed("time that remains, vector widths", () => (StudyEstimate.Of(status), status.Widths()));
            Console.WriteLine($"{runs.Length:N0} runs, {status.Count(RunState.Done):N0} done");
            Console.WriteLine(MarkdownTable.Of(["", "seconds"], [.. rows], text: 1));
            return 0;
        }
        finally
        {
            if (Directory.Exists(spec.Folder))
            {
                Directory.Delete(spec.Folder, recursive: true);
            }
        }
    }

    private static int Make(string root, PlannedRun[] runs)
    {
        Parallel.ForEach(
            runs,
            run =>
            {
                var folder = Path.Combine(root, "runs", run.Id![..2], $"synthetic-{run.Method.Name}-{run.Id}");
                Directory.CreateDirectory(folder);
                void Put(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
                Put("environment.json", "{\n  \"vector width\": \"512 bits\"\n}\n");
                Put("selection.csv", "criterion,bestEpoch,bestValidation,stoppedEarly\nNDCG@10,3,0.5,false\n");
                Put("timing.csv", "a,b,c,d,e,f,g\n12.5,1.5,100,1000,1000000,0,1\n");
                // As many files as a trained run has: status compares their sizes with the list.
                string[] others = [.. Enumerable.Range(0, Others).Select(i => $"other{i}.csv")];
                foreach (var name in others)
                {
                    Put(name, "a,b\n");
                }
                var lines = others.Select(name => $"{name},4,{new string('0', 64)}\n");
                Put("done", $"file,bytes,sha256\n{string.Concat(lines)}end,{Others},\n");
            }
        );
        return runs.Length;
    }
}

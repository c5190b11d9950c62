using System.Diagnostics;
using System.Globalization;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Studies;
using RobustMeta.Studies.Collection;

namespace RobustMeta.Benchmarks.Scale;

/// <summary>
/// Plan, status and collection of a large study. Its results are copies of two small runs, a plain and a robust one, under the names of
/// the study's runs.
/// </summary>
internal static class StoreProgram
{
    // 7 x 7 x 4 x 4, as many as the paper's grid; without weights of interactions, whose file would be larger than all others.
    private const int Points = 784;
    private const string FileName = "store.toml";

    /// <summary>Measures and prints.</summary>
    public static int Run(StoreSpec spec)
    {
        var isThere = Directory.Exists(spec.Folder);
        if (isThere && !spec.Keep)
        {
            Console.Error.WriteLine(
                $"{spec.Folder} is there already; choose another 'folder', or 'keep true' to measure it."
            );
            return 2;
        }
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
            var text = Text(spec.Runs);
            var study = Timed("read the study file", () => StudyFile.Parse(FileName, text));
            var runs = Timed("plan", () => StudyPlan.Of(study).Runs().ToArray());
            Timed("plan as CSV", () => StudyExport.Plan(runs).Length);
            var store = new StudyStore(spec.Folder);
            if (!isThere)
            {
                Timed("make results (not part of a study)", () => Make(study, store, runs));
                File.WriteAllText(Path.Combine(spec.Folder, FileName), text);
            }
            var status = Timed("status", () => StudyStatus.Of(study, store));
            Timed("time that remains, vector widths", () => (StudyEstimate.Of(status), status.Widths()));
            var file = Path.Combine(spec.Folder, StudyCollection.FileName);
            var collected = Timed("collect", () => StudyCollection.Write(study, store, file));
            var size = new FileInfo(file).Length / 1e6;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{runs.Length:N0} runs, {status.Count(RunState.Done):N0} done, {collected:N0} collected in {size:F1} MB"
                )
            );
            Console.WriteLine(MarkdownTable.Of(["", "seconds"], [.. rows], text: 1));
            return 0;
        }
        finally
        {
            if (Directory.Exists(spec.Folder) && !spec.Keep)
            {
                Directory.Delete(spec.Folder, recursive: true);
            }
        }
    }

    private static string Text(int runs) =>
        $"""
            seeds = [{string.Join(", ", Enumerable.Range(1, (runs + Points) / (Points + 1)))}]
            [shared]
            epoch = 1
            userNum = 120
            embeddingDim = 1
            hiddenDim1 = 2
            hiddenDim2 = 2
            shiftDraws = 1
            metrics = "NDCG@10,AUC"
            baselines = "none"
            [data.synthetic]
            dataset = "synthetic"
            [base.MeLU]
            model = "MeLU"
            [method.plain]
            preset = "plain"
            [method.paper]
            preset = "paper"
            levels = "user"
            [sweep.grid]
            taskWeightLr = [1e-4, 5e-4, 1e-3, 5e-3, 0.01, 0.05, 0.1]
            localLr = [1e-4, 5e-4, 1e-3, 5e-3, 0.01, 0.05, 0.1]
            gamma = [0.96, 0.97, 0.98, 0.99]
            lr = [1e-4, 5e-4, 1e-3, 5e-3]
            methods = ["paper"]

            """;

    private static int Make(StudySpec study, StudyStore store, PlannedRun[] runs)
    {
        var plan = StudyPlan.Of(study);
        var runner = new StudyRunner(study, store, StudyHooks.Silent, CancellationToken.None);
        foreach (var own in runs.GroupBy(run => run.Method))
        {
            var first = own.First();
            var made = runner.RunOne(plan.Experiment(first)).Folder.Path;
            var files = Directory
                .GetFiles(made)
                .Select(file => (Name: Path.GetFileName(file), Bytes: File.ReadAllBytes(file)))
                .ToArray();
            var name = Path.GetFileName(made)[..^first.Id!.Length];
            Parallel.ForEach(
                own.Skip(1),
                run =>
                {
                    var folder = Path.Combine(store.Root, "runs", run.Id![..2], name + run.Id);
                    Directory.CreateDirectory(folder);
                    foreach (var file in files)
                    {
                        File.WriteAllBytes(Path.Combine(folder, file.Name), file.Bytes);
                    }
                }
            );
        }
        return runs.Length;
    }
}

using System.Diagnostics;
using System.Globalization;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Studies;

namespace RobustMeta.Benchmarks.Scale;

/// <summary>
/// Makespan of equal runs by number of workers, and the overhead of the engine a run: what the workers' time is more than the runs' own, divided
/// by the runs.
/// </summary>
internal static class MakespanProgram
{
    /// <summary>Measures and prints.</summary>
    public static int Run(MakespanSpec spec)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"makespan-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            var file = Path.Combine(folder, "equal.toml");
            var seeds = string.Join(", ", Enumerable.Range(1, spec.Runs));
            File.WriteAllText(
                file,
                $"seeds = [{seeds}]\n[shared]\nepoch = {spec.Epochs}\nbaselines = \"none\"\n[data.synthetic]\ndataset = \"synthetic\"\n"
                    + "[method.plain]\nmodel = \"MeLU\"\npreset = \"plain\"\n"
            );
            var rows = new List<string[]>();
            for (var round = 1; round <= spec.Rounds; round++)
            {
                foreach (var workers in spec.Workers.Select(w => (int)w))
                {
                    rows.Add(Measure(spec, file, Path.Combine(folder, $"{round}-{workers}"), round, workers));
                }
            }
            string[] columns = ["round", "workers", "makespan s", "runs' own s", "overhead a run s", "speed-up"];
            var alone = rows.GroupBy(row => row[0]).ToDictionary(g => g.Key, g => Number(g.First()[2]));
            Console.WriteLine(
                MarkdownTable.Of(
                    columns,
                    [.. rows.Select(r => (string[])[.. r, Text(alone[r[0]] / Number(r[2]))])],
                    text: 0
                )
            );
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] Measure(MakespanSpec spec, string file, string root, int round, int workers)
    {
        string[] words =
        [
            Path.GetFullPath(spec.Program),
            "study",
            "submit",
            file,
            "engine",
            spec.Engine,
            "workers",
            Text(workers, 0),
            "out",
            root,
        ];
        var clock = Stopwatch.StartNew();
        using var run = Process.Start(new ProcessStartInfo("dotnet", words) { RedirectStandardOutput = true })!;
        var output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        var seconds = clock.Elapsed.TotalSeconds;
        if (run.ExitCode != 0)
        {
            throw new Contenders.ContenderException($"the workers ended with code {run.ExitCode}:\n{output}");
        }
        var own = StudyEstimate.Seconds(StudyStatus.Of(StudyFile.Read(file), new StudyStore(root))).Sum();
        Console.Error.WriteLine($"round {round}, {workers} workers: {Text(seconds)} s");
        return
        [
            Text(round, 0),
            Text(workers, 0),
            Text(seconds),
            Text(own),
            Text((seconds * workers - own) / spec.Runs),
        ];
    }

    private static string Text(double value, int digits = 2) =>
        value.ToString($"F{digits}", CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

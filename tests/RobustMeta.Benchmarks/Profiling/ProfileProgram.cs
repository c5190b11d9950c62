using System.Diagnostics;
using System.Globalization;
using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Benchmarks.Measurement;

namespace RobustMeta.Benchmarks.Profiling;

/// <summary>
/// The processor time of a whole command by phase, and how much of it is mathematics: sampled by Linux <c>perf</c> while the command runs as
/// users run it. Mathematics is compiled code of the rooms that compute; the runtime's own work (compilation, types, garbage collection) and
/// all other code (reading, tasks, tables, files, text) are not.
/// </summary>
internal static class ProfileProgram
{
    /// <summary>Runs the command and prints the tables.</summary>
    /// <exception cref="ContenderException">A program is missing or fails.</exception>
    public static int Run(ProfileSpec spec)
    {
        var folder = Directory.CreateTempSubdirectory("robustmeta-profile-").FullName;
        var maps = new HashSet<string>();
        try
        {
            var data = Path.Combine(folder, "perf.data");
            string[] record =
            [
                "record",
                "-q",
                "-g",
                "-e",
                "cpu-clock",
                "-F",
                $"{spec.Frequency}",
                "-o",
                data,
                "dotnet",
            ];
            string[] command = [spec.Program, .. spec.Command.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            var clock = Stopwatch.StartNew();
            Start(spec.Perf, [.. record, .. command, "out", Path.Combine(folder, "out")], output => output.ReadToEnd());
            var wall = clock.Elapsed.TotalSeconds;
            string[] script = ["script", "-i", data, "-F", "comm,pid,ip,sym,dso"];
            var samples = Start(spec.Perf, script, output => Sample.Read(output).ToList());
            maps.UnionWith(samples.Select(sample => Path.Combine(Path.GetTempPath(), $"perf-{sample.Process}.map")));
            Print(spec, samples, wall);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            foreach (var map in maps)
            {
                File.Delete(map);
            }
        }
    }

    private static T Start<T>(string program, IReadOnlyList<string> words, Func<TextReader, T> read)
    {
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Names of compiled methods, in memory that perf can name.
        start.Environment["DOTNET_PerfMapEnabled"] = "3";
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using var process =
            Process.Start(start) ?? throw new ContenderException($"{program} does not start: is it installed?");
        var error = process.StandardError.ReadToEndAsync();
        var result = read(process.StandardOutput);
        process.WaitForExit();
        return process.ExitCode == 0
            ? result
            : throw new ContenderException($"{program} ended with code {process.ExitCode}: {error.Result}");
    }

    private static void Print(ProfileSpec spec, IReadOnlyList<Sample> samples, double wall)
    {
        var phases = new Phases();
        var sorted = samples
            .Select(sample => (Phase: phases.Of(sample), Sample: sample))
            .ToLookup(s => s.Phase, s => s.Sample);
        string Seconds(double count) => (count / spec.Frequency).ToString("F2", CultureInfo.InvariantCulture);
        string[] Row(string name, IReadOnlyCollection<Sample> own) =>
            [
                name,
                Seconds(own.Count),
                .. Enum.GetValues<Kind>().Select(kind => Seconds(own.Count(s => s.Kind == kind))),
            ];
        double Percent(Kind kind) => 100.0 * samples.Count(s => s.Kind == kind) / Math.Max(1, samples.Count);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"`{spec.Command}`: {wall:F1} s by the clock, {samples.Count / (double)spec.Frequency:F1} s of processor time, {Percent(Kind.Mathematics):F0} % of it mathematics, {Percent(Kind.Waiting):F0} % waiting\n"
            )
        );
        var present = Phases.All.Where(sorted.Contains).Select(phase => Row(phase, [.. sorted[phase]]));
        Console.WriteLine(
            MarkdownTable.Of(
                ["phase, s of processor time", "all", "mathematics", "other code", "runtime", "waiting"],
                [.. present, Row("all", samples)]
            )
        );
        var functions = sorted
            .SelectMany(group =>
                group.Where(s => s.Kind is Kind.Other or Kind.Runtime).Select(s => (group.Key, Name: Short(s)))
            )
            .CountBy(place => place)
            .OrderByDescending(place => place.Value)
            .Take(spec.Functions)
            .Select(place => (string[])[place.Key.Key, place.Key.Name, Seconds(place.Value)]);
        Console.WriteLine(MarkdownTable.Of(["phase", "no mathematics: for what", "s"], [.. functions], text: 2));
    }

    private static string Short(Sample sample)
    {
        var name = sample.Own.Split('(')[0];
        var method = name[(name.LastIndexOf(' ') + 1)..];
        return (sample.Kind == Kind.Runtime ? "runtime below " : "") + (method.Length > 0 ? method : sample.Thread);
    }
}

using System.Diagnostics;
using System.Globalization;
using nietras.SeparatedValues;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Data;
using RobustMeta.Data.Reading;
using RobustMeta.Runtime;

namespace RobustMeta.Benchmarks.Reading;

/// <summary>
/// Our reader beside Sep (the fastest CSV library that is served), on one thread: fields found and numbers parsed, and then whole
/// ratings. Readers take turns in every round, so that a busy machine is busy for all of them.
/// </summary>
internal static class ReadersProgram
{
    private static readonly FileDialect Csv = new() { Separator = ",", Header = true };

    /// <summary>Writes the file, reads it, and prints rows a second and bytes a rating.</summary>
    public static int Run(ReadersSpec spec)
    {
        var path = Path.Combine(Path.GetTempPath(), $"robustmeta-readers-{Environment.ProcessId}.csv");
        try
        {
            RatingsText.Write(path, spec);
            var table = Measure(path, spec);
            Console.WriteLine(table);
            if (spec.Output.Length > 0)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(spec.Output))!);
                DurableFile.Write(spec.Output, table);
            }
            return 0;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Measure(string path, ReadersSpec spec)
    {
        (string Name, Func<string, double> Read)[] readers =
        [
            ("Sep, fields and numbers", BySep),
            ("ours, fields and numbers", ByRecords),
            ("ours, whole ratings", Whole),
        ];
        var seconds = readers.Select(_ => new List<double>()).ToArray();
        var sums = new double[readers.Length];
        for (var round = 0; round <= spec.Rounds; round++)
        {
            for (var i = 0; i < readers.Length; i++)
            {
                var watch = Stopwatch.StartNew();
                sums[i] = readers[i].Read(path);
                // The first round warms up.
                if (round > 0)
                {
                    seconds[i].Add(watch.Elapsed.TotalSeconds);
                }
            }
        }
        if (sums[0] != sums[1] || sums[0] != sums[2])
        {
            throw new InvalidOperationException($"The readers read different ratings: {string.Join(", ", sums)}.");
        }
        var rows = readers.Select(
            (reader, i) =>
                (string[])
                    [
                        reader.Name,
                        Millions(spec.Rows / seconds[i].Max()),
                        Millions(spec.Rows / Median(seconds[i])),
                        Millions(spec.Rows / seconds[i].Min()),
                    ]
        );
        return MarkdownTable.Of(["reader", "slowest, M rows/s", "median", "fastest"], [.. rows])
            + $"\n{BytesOfRating(path).ToString("F1", CultureInfo.InvariantCulture)} bytes of memory a rating.\n";
    }

    private static double BySep(string path)
    {
        using var reader = Sep.New(',').Reader().FromFile(path);
        var (sum, length) = (0.0, 0L);
        foreach (var row in reader)
        {
            length += row[0].Span.Length + row[1].Span.Length;
            sum += row[2].Parse<float>();
            length += row[3].Parse<long>() & 1;
        }
        return length > 0 ? sum : double.NaN;
    }

    private static double ByRecords(string path)
    {
        using var reader = new ByteLineReader(path, ReadLimits.Default);
        var records = new DelimitedRecords(reader, Csv);
        records.TryRead();
        var (sum, length) = (0.0, 0L);
        while (records.TryRead())
        {
            length += records[0].Length + records[1].Length;
            sum += records.Single(2, "a rating");
            length += (long)records.Number(3, "a time") & 1;
        }
        return length > 0 ? sum : double.NaN;
    }

    private static double Whole(string path)
    {
        var sum = 0.0;
        foreach (var value in Read(path).Values)
        {
            sum += value;
        }
        return sum;
    }

    private static double BytesOfRating(string path)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var ratings = Read(path);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(ratings);
        return (after - before) / (double)ratings.Count;
    }

    private static Ratings Read(string path) =>
        DelimitedFiles.Read(
            "made-up",
            Path.GetDirectoryName(path)!,
            new()
            {
                Ratings = Path.GetFileName(path),
                User = "userId",
                Item = "movieId",
                Rating = "rating",
                Time = "timestamp",
                TimeFormat = "seconds",
                Dialect = Csv,
            }
        );

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Millions(double rows) => (rows / 1e6).ToString("F1", CultureInfo.InvariantCulture);
}

using System.Globalization;
using nietras.SeparatedValues;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Data;
using RobustMeta.Data.Reading;
using RobustMeta.Runtime;

namespace RobustMeta.Benchmarks.Reading;

/// <summary>
/// Our reader beside Sep (the fastest CSV library that is served), on one thread: fields found and numbers parsed. Then whole
/// ratings, from beginning to end and in chunks on all cores. Readers take turns in every round, so that a busy machine is busy for all of them.
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
        ReadingTimes[] readers =
        [
            new("Sep, fields and numbers", BySep),
            new("ours, fields and numbers", ByRecords),
            new("ours, whole ratings, one thread", file => Sum(Read(file, null))),
            new("ours, whole ratings, all cores", file => Sum(Read(file, ReadChunks.Default))),
        ];
        for (var round = 0; round <= spec.Rounds; round++)
        {
            foreach (var reader in readers)
            {
                // The first round warms up.
                reader.Read(path, counts: round > 0);
            }
        }
        if (Array.Exists(readers, reader => reader.Sum != readers[0].Sum))
        {
            throw new InvalidOperationException(
                $"The readers read different ratings: {string.Join(", ", readers.Select(reader => reader.Sum))}."
            );
        }
        return MarkdownTable.Of(ReadingTimes.Columns, [.. readers.Select(reader => reader.Row(spec.Rows))])
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

    private static double Sum(Ratings ratings)
    {
        var sum = 0.0;
        foreach (var value in ratings.Values)
        {
            sum += value;
        }
        return sum;
    }

    private static double BytesOfRating(string path)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var ratings = Read(path, ReadChunks.Default);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(ratings);
        return (after - before) / (double)ratings.Count;
    }

    private static Ratings Read(string path, ReadChunks? chunks) =>
        DelimitedFiles
            .ReadRatings(
                path,
                new()
                {
                    Ratings = Path.GetFileName(path),
                    User = "userId",
                    Item = "movieId",
                    Rating = "rating",
                    Time = "timestamp",
                    TimeFormat = "seconds",
                    Dialect = Csv,
                },
                new(DuplicateRule.KeepLast),
                ReadLimits.Default,
                chunks
            )
            .Build("made-up");
}

using RobustMeta.Data.Reading;

namespace RobustMeta.Data;

/// <summary>Rows of a file whose rating is empty or a usual mark of a missing value.</summary>
internal static class MissingRatings
{
    /// <summary>How the file is read without those rows, and what is left; null where more is wrong.</summary>
    /// <param name="path">The file.</param>
    /// <param name="spec">How it was read.</param>
    /// <param name="error">What that ended with.</param>
    /// <param name="read">Reads it in another way.</param>
    public static (DelimitedSpec Spec, Ratings Left)? LeftOut(
        string path,
        DelimitedSpec spec,
        DataFormatException error,
        Func<DelimitedSpec, Ratings> read
    )
    {
        var marks = new List<string>();
        while (MarkAt(path, spec, error) is { } mark && !marks.Contains(mark))
        {
            marks.Add(mark);
            spec = spec with { Dialect = spec.Dialect with { Missing = [.. marks] } };
            try
            {
                return (spec, read(spec));
            }
            catch (DataFormatException next)
            {
                error = next;
            }
        }
        return null;
    }

    // The rating that an error is about, where it is such a mark.
    private static string? MarkAt(string path, DelimitedSpec spec, DataFormatException error)
    {
        if (spec.Rating is null || DataFile.IsParquet(path))
        {
            return null;
        }
        using var source = new RecordFile(path, spec.Dialect, [], ReadLimits.Default);
        var rating = source.Columns.Find(spec.Rating);
        while (error.Column == rating + 1 && source.Records.TryRead() && source.Records.Started <= error.Line)
        {
            if (source.Records.Started == error.Line && rating < source.Records.Count)
            {
                return source.Records.Text(rating) is var text && FileDialect.IsUsualMissing(text) ? text : null;
            }
        }
        return null;
    }
}

namespace RobustMeta.Data.Reading;

/// <summary>The first values of columns that are given: neither empty nor a usual mark of a missing one.</summary>
internal static class GivenValues
{
    /// <summary>Reads rows until enough values of each column are found, or to the end of the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dialect">How it is written; separator and header known.</param>
    /// <param name="count">The most values of a column.</param>
    /// <param name="places">Places of the columns, from 0.</param>
    public static IReadOnlyList<string>[] Of(string path, FileDialect dialect, int count, params int[] places)
    {
        var found = Array.ConvertAll(places, _ => new List<string>());
        using var source = new RecordFile(path, dialect, [], ReadLimits.Default);
        var isMore = true;
        while (isMore && source.Records.TryRead())
        {
            isMore = false;
            for (var i = 0; i < places.Length; i++)
            {
                if (places[i] >= source.Records.Count || found[i].Count == count)
                {
                    continue;
                }
                var text = source.Records.Text(places[i]).Trim();
                if (!FileDialect.IsUsualMissing(text))
                {
                    found[i].Add(text);
                }
                isMore |= found[i].Count < count;
            }
        }
        return found;
    }
}

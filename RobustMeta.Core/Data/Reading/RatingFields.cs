namespace RobustMeta.Data.Reading;

/// <summary>Which fields of a record make a row of ratings, and what stands for no rating.</summary>
internal sealed class RatingFields
{
    private readonly int user;
    private readonly int item;
    private readonly int rating;
    private readonly int time;
    private readonly HashSet<float> notRated;
    private readonly IReadOnlyList<string> missing;

    /// <summary>Finds the fields.</summary>
    /// <param name="columns">The columns of the file.</param>
    /// <param name="spec">What they mean; user and item known.</param>
    /// <param name="missing">Texts that stand for no rating.</param>
    /// <exception cref="DataFormatException">A column is not there.</exception>
    public RatingFields(DelimitedColumns columns, DelimitedSpec spec, IReadOnlyList<string> missing)
    {
        (user, item) = (columns.Find(spec.User!), columns.Find(spec.Item!));
        rating = spec.Rating is null ? -1 : columns.Find(spec.Rating);
        time = spec.Time is null ? -1 : columns.Find(spec.Time);
        notRated = [.. spec.NotRated.Select(x => (float)x)];
        this.missing = missing;
    }

    /// <summary>Adds the row of the current record, or counts it as not rated.</summary>
    /// <exception cref="DataFormatException">A field is malformed, or a limit is passed.</exception>
    public void AddTo(RatingsBuilder builder, Records records, TimeParser times)
    {
        if (rating >= 0 && IsMissing(records))
        {
            builder.Unrated++;
            return;
        }
        var value = rating < 0 ? 1 : records.Single(rating, "a rating");
        if (notRated.Count > 0 && notRated.Contains(value))
        {
            builder.Unrated++;
            return;
        }
        var seconds = time < 0 ? 0 : times.Parse(records, time);
        builder.Add(records.Token(user, "a user"), records.Token(item, "an item"), value, seconds, records.Position);
    }

    private bool IsMissing(Records records) =>
        records.IsNull(rating) || (missing.Count > 0 && missing.Contains(records.Text(rating)));
}

using RobustMeta.Data;

namespace RobustMeta.Serving;

/// <summary>
/// Scores for the users of a file, user by user: rows with a rating are what the model adapts to, rows without are scored. The
/// rows of a user stand together, so that files of any length pass through in little memory.
/// </summary>
/// <param name="model">The model.</param>
public sealed class FilePredictions(ColdStartModel model)
{
    private readonly ColdStartModel model = model ?? throw new ArgumentNullException(nameof(model));
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> features = [];

    /// <summary>Features of users by name; users without any have none that are known.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Features
    {
        get => features;
        init => features = new(value);
    }

    /// <summary>Users so far.</summary>
    public long Users { get; private set; }

    /// <summary>Users so far whose scores are the model's prior, since they rated nothing that it knows.</summary>
    public long WithoutRatings { get; private set; }

    /// <summary>Items so far that the model does not know, rated or to be scored, with how often they came.</summary>
    public SortedDictionary<string, long> UnknownItems { get; } = new(StringComparer.Ordinal);

    /// <summary>The scores of a file, in its order.</summary>
    /// <param name="path">The file (see <see cref="RatedRows"/>), with a column of users.</param>
    /// <exception cref="DataFormatException">A line is malformed, or a user's rows do not stand together.</exception>
    public IEnumerable<ScoredRow> Of(string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var rows = new List<RatedRow>();
        foreach (var row in RatedRows.Read(path))
        {
            if (row.User.Length == 0)
            {
                throw new DataFormatException(path, row.Line, 0, "expected the columns user, item, rating");
            }
            if (rows.Count > 0 && rows[0].User != row.User)
            {
                foreach (var scored in Scored(rows))
                {
                    yield return scored;
                }
                rows.Clear();
            }
            if (rows.Count == 0 && !seen.Add(row.User))
            {
                throw new DataFormatException(
                    path,
                    row.Line,
                    0,
                    $"expected the rows of user '{row.User}' to stand together; sort the file by user"
                );
            }
            rows.Add(row);
        }
        foreach (var scored in rows.Count == 0 ? [] : Scored(rows))
        {
            yield return scored;
        }
    }

    private IEnumerable<ScoredRow> Scored(List<RatedRow> rows)
    {
        Users++;
        var name = rows[0].User;
        var user = model.For(
            [.. rows.Where(row => row.Rating is not null).Select(row => (row.Item, row.Rating!.Value))],
            features.GetValueOrDefault(name)
        );
        string[] items = [.. rows.Where(row => row.Rating is null).Select(row => row.Item)];
        foreach (var item in user.UnknownItems.Concat(items.Where(item => model.Items.Find(item) is null)))
        {
            UnknownItems[item] = UnknownItems.GetValueOrDefault(item) + 1;
        }
        if (items.Length == 0)
        {
            return [];
        }
        WithoutRatings += user.Ratings == 0 ? 1 : 0;
        var scores = user.Score(items);
        var deviations = user.Deviations(items);
        return items.Select((item, i) => new ScoredRow(name, item, scores[i], deviations?[i], user.Ratings));
    }
}

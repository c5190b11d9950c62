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
    private readonly ScaleCheck scale = new(model.Data.Scale);

    /// <summary>Features of users by name; users without any have none that are known.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Features
    {
        get => features;
        init => features = new(value);
    }

    /// <summary>Users so far.</summary>
    public long Users { get; private set; }

    /// <summary>Rows so far that were scored.</summary>
    public long Scored { get; private set; }

    /// <summary>Users so far whose scores are the model's prior, since they rated nothing that it knows.</summary>
    public long WithoutRatings { get; private set; }

    /// <summary>Items so far that the model does not know, rated or to be scored, with how often they came.</summary>
    public SortedDictionary<string, long> UnknownItems { get; } = new(StringComparer.Ordinal);

    /// <summary>Pairs of user and item so far that were rated more than once; the last rating of each counts.</summary>
    public RepeatedRatings Repeated { get; } = new();

    /// <summary>Ratings so far that are far off the scale that the model was trained on; null where there are none.</summary>
    public ScaleMismatch? OffScale => scale.Mismatch;

    /// <summary>The scores of a file, in its order.</summary>
    /// <param name="path">The file (see <see cref="RatedRows"/>), with a column of users.</param>
    /// <exception cref="DataFormatException">A line is malformed, or a user's rows do not stand together.</exception>
    public IEnumerable<ScoredRow> Of(string path) => Of(new RatedFile(path));

    /// <summary>The scores of a file, in its order.</summary>
    /// <param name="file">The file and how it is written, with a column of users.</param>
    /// <exception cref="DataFormatException">A line is malformed, or a user's rows do not stand together.</exception>
    public IEnumerable<ScoredRow> Of(RatedFile file)
    {
        var path = file.Path;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var rows = new List<RatedRow>();
        foreach (var row in RatedRows.Read(file))
        {
            if (row.User.Length == 0)
            {
                throw new DataFormatException(
                    path,
                    row.Line,
                    0,
                    "expected the columns user, item, rating, found no user. A column of users with another header: add to the command "
                        + "userColumn and its header"
                );
            }
            if (rows.Count > 0 && rows[0].User != row.User)
            {
                foreach (var scored in OfUser(rows))
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
        foreach (var scored in rows.Count == 0 ? [] : OfUser(rows))
        {
            yield return scored;
        }
    }

    private IEnumerable<ScoredRow> OfUser(List<RatedRow> rows)
    {
        Users++;
        var name = rows[0].User;
        var user = model.For(
            [.. rows.Where(row => row.Rating is not null).Select(row => (row.Item, row.Rating!.Value))],
            features.GetValueOrDefault(name)
        );
        string[] items = [.. rows.Where(row => row.Rating is null).Select(row => row.Item)];
        foreach (var row in rows.Where(row => row.Rating is not null))
        {
            scale.Add(row.Rating!.Value);
        }
        foreach (var item in user.RepeatedItems)
        {
            Repeated.Add(name, item);
        }
        foreach (var item in user.UnknownItems.Concat(items.Where(item => model.Items.Find(item) is null)))
        {
            UnknownItems[item] = UnknownItems.GetValueOrDefault(item) + 1;
        }
        if (items.Length == 0)
        {
            return [];
        }
        Scored += items.Length;
        WithoutRatings += user.Ratings == 0 ? 1 : 0;
        var scores = user.Score(items);
        var deviations = user.Deviations(items);
        return items.Select((item, i) => new ScoredRow(name, item, scores[i], deviations?[i], user.Ratings));
    }
}

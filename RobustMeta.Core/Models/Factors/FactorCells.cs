using RobustMeta.Tasks;

namespace RobustMeta.Models.Factors;

/// <summary>All interactions of some tasks, supports and queries, by user and by item.</summary>
internal sealed class FactorCells
{
    private readonly int[] itemStart;
    private readonly int[] itemCells;
    private readonly int[] userStart;

    private FactorCells(int users, int items, List<(int User, int Item, float Label, float Offset)> all)
    {
        (Users, Items, Count) = (users, items, all.Count);
        User = [.. all.Select(cell => cell.User)];
        Item = [.. all.Select(cell => cell.Item)];
        Label = [.. all.Select(cell => (double)cell.Label)];
        Offset = [.. all.Select(cell => (double)cell.Offset)];
        userStart = Starts(User, users);
        itemStart = Starts(Item, items);
        itemCells = [.. Enumerable.Range(0, Count).OrderBy(cell => Item[cell])];
    }

    public int Users { get; }
    public int Items { get; }
    public int Count { get; }
    public int[] User { get; }
    public int[] Item { get; }
    public double[] Label { get; }
    public double[] Offset { get; }

    /// <summary>All cells, by item.</summary>
    public int[] ByItem => itemCells;

    public bool[] HasUser => [.. Enumerable.Range(0, Users).Select(u => userStart[u + 1] > userStart[u])];
    public bool[] HasItem => [.. Enumerable.Range(0, Items).Select(i => itemStart[i + 1] > itemStart[i])];

    public static FactorCells Of(TaskBatch train, int items)
    {
        var all = new List<(int, int, float, float)>();
        for (var b = 0; b < train.Count; b++)
        {
            for (var j = train.SupportStarts[b]; j < train.SupportStarts[b + 1]; j++)
            {
                all.Add((b, train.SupportItems[j], train.SupportLabels[j], At(train.SupportOffset, j)));
            }
            for (var j = train.QueryStarts[b]; j < train.QueryStarts[b + 1]; j++)
            {
                all.Add((b, train.QueryItems[j], train.QueryLabels[j], At(train.QueryOffset, j)));
            }
        }
        return new(train.Count, items, all);

        static float At(System.Collections.Immutable.ImmutableArray<float> scores, int j) =>
            scores.IsEmpty ? 0 : scores[j];
    }

    /// <summary>The positives alone: what users met where negatives are drawn.</summary>
    public FactorCells Positives() =>
        new(
            Users,
            Items,
            [
                .. Enumerable
                    .Range(0, Count)
                    .Where(cell => Label[cell] > 0)
                    .Select(cell => (User[cell], Item[cell], (float)Label[cell], (float)Offset[cell])),
            ]
        );

    /// <summary>First cell of a user, and the first cell of the next user.</summary>
    public (int First, int End) OfUser(int user) => (userStart[user], userStart[user + 1]);

    public ReadOnlySpan<int> OfItem(int item) => itemCells.AsSpan(itemStart[item]..itemStart[item + 1]);

    /// <summary>Where the cells of an item stand in <see cref="ByItem"/>: the first, and the first of the next item.</summary>
    public (int First, int End) RangeOfItem(int item) => (itemStart[item], itemStart[item + 1]);

    /// <summary>What all labels have in common: the mean of what the bias offset leaves of ratings; of clicks, the log-odds.</summary>
    public double Center(LabelKind label)
    {
        if (Count == 0)
        {
            return 0;
        }
        if (label == LabelKind.Rating)
        {
            return Label.Zip(Offset, (y, b) => y - b).Average();
        }
        var share = Math.Clamp(Label.Average(), 0.01, 0.99);
        return Offset.All(b => b == 0) ? Math.Log(share / (1 - share)) : 0;
    }

    private static int[] Starts(int[] keys, int count)
    {
        var starts = new int[count + 1];
        foreach (var key in keys)
        {
            starts[key + 1]++;
        }
        for (var i = 0; i < count; i++)
        {
            starts[i + 1] += starts[i];
        }
        return starts;
    }
}

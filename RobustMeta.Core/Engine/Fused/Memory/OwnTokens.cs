using System.Numerics;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>
/// Numbers of the tokens of each user's support items, so that each user can have own rows in place of the tables': what
/// inner steps do to embeddings. Tokens that are the query's alone have no number, since no step moves them. Rows of all fields stand
/// in one list, <c>[tokens of the user, padded]</c>. See DERIVATION.md, embeddings that adapt.
/// </summary>
/// <param name="tables">The items' tables.</param>
/// <param name="workers">Number of workers.</param>
/// <param name="width">Padded length of an own row.</param>
internal sealed unsafe class OwnTokens<T>(EmbeddingTables<T> tables, int workers, int width)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int None = -1;

    private readonly EmbeddedColumn<T>[] columns =
    [
        .. Enumerable.Range(0, tables.Count).Select(tables.Column).Where(column => column.Table is not null),
    ];

    private readonly Numbering?[] numberings = new Numbering?[workers];
    private BatchRows<T> batch = null!;
    private int[] tokensOfSlot = [];

    // Tokens of row r stand at starts[r] to starts[r + 1], field after field, each as its number or None.
    private int[] starts = [];
    private int[] numbers = [];
    private int[] counts = [];

    /// <summary>Padded length of an own row.</summary>
    public int Width => width;

    /// <summary>Number of distinct tokens that a user's support has.</summary>
    public int Count(int user) => counts[user];

    /// <summary>Takes a batch, whose users are then to be numbered.</summary>
    public void Begin(BatchRows<T> rows)
    {
        batch = rows;
        var (slots, total) = (batch.Slots.Count, batch.SupportRows + batch.QueryRows);
        Reserve(ref tokensOfSlot, slots);
        Reserve(ref starts, total + 1);
        Reserve(ref counts, batch.Tasks.Count);
        for (var slot = 0; slot < slots; slot++)
        {
            tokensOfSlot[slot] = 0;
            foreach (var column in columns)
            {
                tokensOfSlot[slot] += column.Bag(batch.Slots.Items[slot]).Length;
            }
        }
        for (var row = 0; row < total; row++)
        {
            starts[row + 1] = starts[row] + tokensOfSlot[batch.Slots.Of[row]];
        }
        Reserve(ref numbers, starts[total]);
    }

    /// <summary>Numbers the tokens of a user in the order of their first use. Users may be numbered side by side.</summary>
    public void Number(int worker, int user)
    {
        var own = numberings[worker] ??= new(columns);
        own.Begin();
        Number(own, batch.SupportOf(user), isSupport: true);
        Number(own, batch.QueryOf(user), isSupport: false);
        counts[user] = own.Count;
    }

    /// <summary>own += scale · Pᵀ x: what the rows bring to their tokens, each with the token's fraction in the row's mean.</summary>
    /// <param name="rows">Some rows of one user.</param>
    /// <param name="scale">Factor.</param>
    /// <param name="x">The first of them, in the columns of the items' inputs.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="own">The user's own rows.</param>
    public void Sum(RowRange rows, T scale, T* x, int stride, T* own) => Add(rows, scale, x, stride, own, toOwn: true);

    /// <summary>x += scale · P own: what the tokens bring to rows that have them. Arguments as those of <see cref="Sum"/>.</summary>
    public void Spread(RowRange rows, T scale, T* own, T* x, int stride) =>
        Add(rows, scale, x, stride, own, toOwn: false);

    private void Add(RowRange rows, T scale, T* x, int stride, T* own, bool toOwn)
    {
        for (var row = rows.First; row < rows.First + rows.Count; row++)
        {
            var next = starts[row];
            var item = batch.Slots.Items[batch.Slots.Of[row]];
            foreach (var column in columns)
            {
                var cells = x + column.Start;
                var bag = column.Bag(item);
                var factor = scale * EmbeddedColumn<T>.Fraction(bag);
                for (var i = 0; i < bag.Length; i++)
                {
                    if (numbers[next++] is var number && number != None)
                    {
                        var token = own + (long)number * width;
                        TableRow<T>.AddScaled(factor, toOwn ? cells : token, toOwn ? token : cells, column.Width);
                    }
                }
            }
            x += stride;
        }
    }

    private void Number(Numbering own, RowRange rows, bool isSupport)
    {
        for (var row = rows.First; row < rows.First + rows.Count; row++)
        {
            var next = starts[row];
            var item = batch.Slots.Items[batch.Slots.Of[row]];
            for (var column = 0; column < columns.Length; column++)
            {
                foreach (var token in columns[column].Bag(item))
                {
                    numbers[next++] = own.Of(column, token, isSupport);
                }
            }
        }
    }

    private static void Reserve(ref int[] array, int length)
    {
        if (array.Length < length)
        {
            array = new int[length + length / 2];
        }
    }

    // Numbers of one user's tokens, by field and token. Nothing is cleared from user to user.
    private sealed class Numbering
    {
        private readonly int[] firsts;
        private readonly int[] stamps;
        private readonly int[] numbers;
        private int generation;

        public Numbering(EmbeddedColumn<T>[] columns)
        {
            firsts = new int[columns.Length];
            var size = 0;
            for (var i = 0; i < columns.Length; i++)
            {
                firsts[i] = size;
                size += columns[i].Table!.Rows;
            }
            (stamps, numbers) = (new int[size], new int[size]);
        }

        public int Count { get; private set; }

        public void Begin() => (generation, Count) = (generation + 1, 0);

        // The number of a token, a new one where it has none and may get one.
        public int Of(int column, int token, bool mayBeNew)
        {
            var place = firsts[column] + token;
            if (stamps[place] == generation)
            {
                return numbers[place];
            }
            if (!mayBeNew)
            {
                return None;
            }
            stamps[place] = generation;
            return numbers[place] = Count++;
        }
    }
}

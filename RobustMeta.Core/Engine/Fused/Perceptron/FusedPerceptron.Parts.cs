using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Runtime.Vectors;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>
/// Gradients of parts of a batch, kept apart: chunks end with a part, so that all up to the rows' adjoints is computed as ever; what follows
/// is computed part by part.
/// </content>
internal sealed unsafe partial class FusedPerceptron<T>
{
    private readonly List<PartBlock<T>> parts = [];

    // Made where parts are first asked for.
    private PartTable<T>[]? tables;
    private readonly Action<int, int> backwardOrBegin;
    private readonly Action<int, int> collectRows;
    private readonly Action<int, int> collectField;
    private readonly Action<int, int> multiplyPart;
    private readonly Action<int, int> combine;
    private int[] partEnds = [];
    private int[] partOfUser = [];
    private int partCount;
    private bool hasParts;
    private T[] partFactors = [];
    private double[,] products = new double[0, 0];

    /// <inheritdoc/>
    // Of the others, what comes after the sums (a context, exposure) or beside the losses (joint training) is not by part.
    public bool TakesParts =>
        shape is { IsJoint: false, HasRates: false, MovesInputs: false, Context: 0 } && exposure is null;

    /// <inheritdoc/>
    public ReadOnlySpan<T> ForwardParts(TaskBatch tasks, ReadOnlySpan<int> ends)
    {
        (partCount, hasParts) = (ends.Length, false);
        partEnds = ends.ToArray();
        if (partOfUser.Length < tasks.Count)
        {
            partOfUser = new int[tasks.Count];
        }
        for (var part = 0; part < partCount; part++)
        {
            partOfUser.AsSpan()[StartOf(part)..partEnds[part]].Fill(part);
        }
        tables ??=
        [
            .. PartTables(itemTables, (part, field) => part.ItemRows(field)),
            .. PartTables(userTables, (part, field) => part.UserRows(field)),
        ];
        while (parts.Count < partCount)
        {
            parts.Add(new(itemTables, userTables));
        }
        return Forward(tasks, [], user => partOfUser[user] % 2 == 0);
    }

    /// <inheritdoc/>
    public double[,] PartProducts()
    {
        RequireForward();
        var tasks = batch.Tasks;
        var weights = new T[batch.QueryRows];
        for (var u = 0; u < tasks.Count; u++)
        {
            var users = partEnds[partOfUser[u]] - StartOf(partOfUser[u]);
            weights.AsSpan(tasks.QueryRange(u)).Fill(T.CreateChecked(1.0 / ((double)users * tasks.QueryLength(u))));
        }
        TakeAdjoints(weights, new T[tasks.Count]);
        pool.Run(partCount + chunks.Count, backwardOrBegin);
        for (int part = 0, chunk = 0; part < partCount; part++)
        {
            parts[part].FirstChunk = chunk;
            parts[part].Network = chunkGradients + chunk * ChunkSize;
            while (chunk < chunks.Count && chunks[chunk].EndUser <= partEnds[part])
            {
                chunk++;
            }
            parts[part].EndChunk = chunk;
            TakeMemory(parts[part]);
        }
        // Rows before fields, which need them. Pieces of a part are of different length: the more there are, the more even are the workers' shares.
        pool.Run(2 * partCount, collectRows);
        pool.Run((weightPieceCount + itemTables.Count) * partCount, collectField);
        products = new double[partCount, partCount];
        pool.Run(tables!.Length + partCount, multiplyPart);
        SumProducts();
        hasParts = true;
        return products;
    }

    /// <inheritdoc/>
    public void BackwardParts(ReadOnlySpan<T> factors)
    {
        if (!hasParts || factors.Length != partCount)
        {
            throw new InvalidOperationException(
                "BackwardParts needs PartProducts of the same batch before it, and a factor a part."
            );
        }
        hasParts = false;
        partFactors = factors.ToArray();
        pool.Run(tables!.Length + CombinedPieces, combine);
        slow.Layout.Unpack(total, arrays.Gradient);
    }

    private int CombinedPieces => (int)((slow.Layout.Size + NumbersPerPiece - 1) / NumbersPerPiece);

    private int StartOf(int part) => part == 0 ? 0 : partEnds[part - 1];

    private void BackwardOrBegin(int worker, int piece)
    {
        if (piece < partCount)
        {
            parts[piece].Begin(batch, StartOf(piece), partEnds[piece]);
        }
        else
        {
            BackwardChunk(worker, piece - partCount);
        }
    }

    private void TakeMemory(PartBlock<T> part)
    {
        var (below, width, items) = (batch.ItemWidth, shape.Padded[1], (long)part.ItemCount);
        part.Inputs = memory.Take(items * below);
        part.LayerAdjoint = memory.Take(items * width);
        part.ItemAdjoint = memory.Take(items * below);
        part.UserAdjoint = memory.Take((long)(part.EndUser - part.FirstUser) * shape.UserPadded);
        for (var field = 0; field < itemTables.Count; field++)
        {
            if (part.ItemRows(field) is not { } rows)
            {
                continue;
            }
            var padded = fields.Padded(field);
            if (itemTables.IsShared(field))
            {
                var tokens = (long)itemTables.Column(field).Table!.Rows;
                part.TokenSums[field] = memory.Take(tokens * width);
                rows.Place(memory.Take(tokens * padded), padded);
            }
            else if (part.IsAligned(field))
            {
                rows.Place(part.ItemAdjoint + fields.Place(field), below);
            }
            else
            {
                rows.Place(memory.TakeZeros((long)rows.Count * padded), padded);
            }
        }
        for (var field = 0; field < userTables.Count; field++)
        {
            if (part.UserRows(field) is { } rows)
            {
                var padded = arithmetic.Padded(userTables.Column(field).Width);
                rows.Place(memory.TakeZeros((long)rows.Count * padded), padded);
            }
        }
    }

    // Tables take the longest; each piece writes to a place of its own.
    private void MultiplyPart(int worker, int piece)
    {
        if (piece < tables!.Length)
        {
            tables![piece].Multiply(parts, partCount);
            return;
        }
        // The longest row first.
        var part = partCount - 1 - (piece - tables!.Length);
        for (var other = 0; other <= part; other++)
        {
            products[part, other] = parts[part].Product(parts[other], arithmetic, slow.Layout.Size);
        }
    }

    private void SumProducts()
    {
        for (var part = 0; part < partCount; part++)
        {
            for (var other = 0; other <= part; other++)
            {
                foreach (var table in tables!)
                {
                    products[part, other] += table.Products[part * partCount + other];
                }
                products[other, part] = products[part, other];
            }
        }
    }

    private void Combine(int worker, int piece)
    {
        if (piece < tables!.Length)
        {
            tables![piece].Combine(partFactors);
            return;
        }
        var start = (long)(piece - tables!.Length) * NumbersPerPiece;
        var count = (int)Math.Min(NumbersPerPiece, slow.Layout.Size - start);
        arithmetic.Scale(partFactors[0], parts[0].Network + start, total + start, count);
        for (var part = 1; part < partCount; part++)
        {
            arithmetic.AddScaled(partFactors[part], parts[part].Network + start, total + start, count);
        }
    }

    private static IEnumerable<PartTable<T>> PartTables(
        EmbeddingTables<T> tables,
        Func<PartBlock<T>, int, TokenRows<T>?> rowsOf
    ) =>
        Enumerable
            .Range(0, tables.Count)
            .Where(field => tables.Column(field).Table is not null)
            .Select(field => new PartTable<T>(tables.Column(field), part => rowsOf(part, field)!));
}

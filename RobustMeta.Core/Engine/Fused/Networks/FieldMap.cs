using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>
/// The linear map x W of a side's embedded fields, and its way back. Shared fields (<see cref="EmbeddingTables{T}.Plan"/>) meet their
/// rows of W once a token and are looked up by entity; the others meet theirs once an entity. See DERIVATION.md, once a batch.
/// </summary>
/// <param name="tables">The fields.</param>
/// <param name="arithmetic">Arithmetic.</param>
internal sealed unsafe class FieldMap<T>(EmbeddingTables<T> tables, Arithmetic<T> arithmetic)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Of each shared field, the table times its rows of W [vocabulary, output]; on the way back the adjoint of that.
    private readonly T*[] outputs = new T*[tables.Count];

    // Of each shared field, the adjoint of the table as far as it comes through W [vocabulary, padded].
    private readonly T*[] adjoints = new T*[tables.Count];

    // Of each field that rows of inputs hold, how far its columns there stand before those in W.
    private readonly int[] shifts = new int[tables.Count];
    private RowFields held;
    private ReadOnlyMemory<int> entities;
    private Weights map;

    /// <summary>Where W stands.</summary>
    internal readonly struct Weights(T* weight, T* transposed, int outputs, int inputPadded, int outputPadded)
    {
        /// <summary>W <c>[inputs, outputPadded]</c>.</summary>
        public T* Weight => weight;

        /// <summary>Its transpose <c>[outputs, inputPadded]</c>, and a vector more to read behind it.</summary>
        public T* Transposed => transposed;

        /// <summary>Number of outputs.</summary>
        public int Outputs => outputs;

        /// <summary>Row length of the inputs.</summary>
        public int InputPadded => inputPadded;

        /// <summary>Row length of the outputs.</summary>
        public int OutputPadded => outputPadded;
    }

    /// <summary>The fields.</summary>
    public EmbeddingTables<T> Tables => tables;

    /// <summary>Length of a row of inputs, and of their adjoints.</summary>
    public int RowWidth { get; private set; }

    /// <summary>Whether numbers of a row of inputs belong to no field.</summary>
    public bool HasGaps { get; private set; }

    /// <summary>Whether rows of inputs hold a field.</summary>
    public bool Holds(int field) =>
        held switch
        {
            RowFields.Own => !tables.IsShared(field),
            RowFields.Unpaired => !tables.IsPaired(field),
            _ => true,
        };

    /// <summary>First column in rows of inputs of a field that they hold.</summary>
    public int Place(int field) => tables.Column(field).Start - shifts[field];

    /// <summary>
    /// Decides which fields are shared, see <see cref="EmbeddingTables{T}.Plan"/>, and how wide rows of inputs are: the fewer fields they
    /// hold, the fewer bytes go through the caches.
    /// </summary>
    /// <param name="number">Number of distinct entities of the batch.</param>
    /// <param name="entitiesPerToken">So many entities there must be at least for each token of the vocabulary.</param>
    /// <param name="holds">Which fields rows of inputs hold.</param>
    public void Plan(int number, int entitiesPerToken, RowFields holds)
    {
        tables.Plan(number, entitiesPerToken);
        held = holds;
        var (width, numbers) = (0, 0);
        for (var field = 0; field < tables.Count; )
        {
            if (!Holds(field))
            {
                field++;
                continue;
            }
            // Fields side by side have whole vectors of their own, and their columns the same lanes as in W: see Pull.
            var from = Aligned(tables.Column(field).Start);
            var end = from;
            for (; field < tables.Count && Holds(field); field++)
            {
                var column = tables.Column(field);
                shifts[field] = from - width;
                end = column.Start + column.Width;
                numbers += column.Width;
            }
            width += arithmetic.Padded(end) - from;
        }
        (RowWidth, HasGaps) = (width, numbers < width);
    }

    /// <summary>Writes the inputs of some entities; gaps are left as they are.</summary>
    public void Gather(int first, int count, T* rows)
    {
        var some = entities.Span[first..];
        for (var field = 0; field < tables.Count; field++)
        {
            if (Holds(field))
            {
                tables.Column(field).Gather(some, count, rows + Place(field), RowWidth);
            }
        }
    }

    /// <summary>Adds the adjoints of all inputs to the table of a field, in place of those of the batch before.</summary>
    public void Scatter(int field, T* rows) =>
        tables.Column(field).Scatter(entities.Span, rows + Place(field), RowWidth);

    private int Aligned(int column) => column / arithmetic.Lanes * arithmetic.Lanes;

    /// <summary>Takes W, the entities of a batch, and memory for the tokens of the fields that are shared by now.</summary>
    public void Begin(Weights weights, ReadOnlyMemory<int> ofBatch, Arena<T> arena)
    {
        (map, entities) = (weights, ofBatch);
        for (var field = 0; field < outputs.Length; field++)
        {
            outputs[field] = tables.IsShared(field) ? arena.Take((long)Tokens(field) * map.OutputPadded) : null;
        }
    }

    /// <summary>Takes memory for the way back.</summary>
    public void BeginReverse(Arena<T> arena)
    {
        for (var field = 0; field < adjoints.Length; field++)
        {
            adjoints[field] = tables.IsShared(field) ? arena.Take((long)Tokens(field) * Padded(field)) : null;
        }
    }

    /// <summary>A field's tokens times its rows of W, if it is shared: before <see cref="Apply"/>.</summary>
    public void EncodeTokens(int field)
    {
        if (!tables.IsShared(field))
        {
            return;
        }
        var column = tables.Column(field);
        fixed (T* values = column.Table!.Values)
        {
            arithmetic.Gemm(
                new(values, Tokens(field), column.Width),
                new(map.Weight + (long)column.Start * map.OutputPadded, column.Width, map.OutputPadded),
                new(outputs[field], Tokens(field), map.OutputPadded),
                accumulate: false
            );
        }
    }

    /// <summary>Outputs of some entities, or added to what is there.</summary>
    /// <param name="first">First of the batch's entities.</param>
    /// <param name="count">Number of entities.</param>
    /// <param name="x">Their inputs, of which the columns of shared fields are not read.</param>
    /// <param name="y">Their outputs.</param>
    /// <param name="accumulate">Whether they are added.</param>
    public void Apply(int first, int count, T* x, T* y, bool accumulate)
    {
        var width = map.OutputPadded;
        foreach (var range in tables.Ranges)
        {
            arithmetic.Gemm(
                new(x + Place(range.FirstField), count, range.Width, RowWidth),
                new(map.Weight + (long)range.Start * width, range.Width, width),
                new(y, count, width),
                accumulate
            );
            accumulate = true;
        }
        if (!accumulate)
        {
            Arithmetic<T>.Clear(y, (long)count * width);
        }
        for (var field = 0; field < outputs.Length; field++)
        {
            if (tables.IsShared(field))
            {
                tables.Column(field).AddTokens(entities.Span.Slice(first, count), outputs[field], width, y);
            }
        }
    }

    /// <summary>Adjoints of the inputs of some entities; columns of shared fields receive nothing that counts.</summary>
    /// <param name="outputAdjoint">Adjoints of the outputs.</param>
    /// <param name="inputAdjoint">Receives them.</param>
    /// <param name="count">Number of entities.</param>
    /// <param name="accumulate">Whether they are added: if <see cref="PullsExactly"/>.</param>
    public void Pull(T* outputAdjoint, T* inputAdjoint, int count, bool accumulate = false)
    {
        foreach (var range in tables.Ranges)
        {
            // Whole vectors: what that covers of neighbours is right too, or does not count.
            var from = Aligned(range.Start);
            var width = arithmetic.Padded(range.Start + range.Width) - from;
            arithmetic.Gemm(
                new(outputAdjoint, count, map.Outputs, map.OutputPadded),
                new(map.Transposed + from, map.Outputs, width, map.InputPadded),
                new(inputAdjoint + from - shifts[range.FirstField], count, width, RowWidth),
                accumulate
            );
        }
    }

    /// <summary>Whether <see cref="Pull"/> writes to no column of a shared field: the others are whole vectors.</summary>
    public bool PullsExactly
    {
        get
        {
            foreach (var range in tables.Ranges)
            {
                if (range.Start % arithmetic.Lanes != 0 || range.Width % arithmetic.Lanes != 0)
                {
                    return false;
                }
            }
            return true;
        }
    }

    /// <summary>
    /// The adjoints of entities' outputs summed by token of a shared field <c>[vocabulary, outputPadded]</c>; its table is told the
    /// batch's tokens.
    /// </summary>
    public T* SumByToken(int field, T* outputAdjoint)
    {
        var sums = outputs[field];
        Arithmetic<T>.Clear(sums, (long)Tokens(field) * map.OutputPadded);
        tables
            .Column(field)
            .AddByToken(
                entities.Span,
                outputAdjoint,
                map.OutputPadded,
                map.OutputPadded,
                sums,
                map.OutputPadded,
                touches: true
            );
        return sums;
    }

    /// <summary>The adjoint of a shared field's table through W <c>[vocabulary, padded]</c>, after <see cref="SumByToken"/>.</summary>
    public T* PullTokens(int field)
    {
        PullTokens(field, outputs[field], adjoints[field]);
        return adjoints[field];
    }

    /// <summary>The adjoint of a shared field's table through W <c>[vocabulary, padded]</c>.</summary>
    /// <param name="field">The field.</param>
    /// <param name="sums">Adjoints of entities' outputs summed by token <c>[vocabulary, outputPadded]</c>.</param>
    /// <param name="target">Receives it.</param>
    public void PullTokens(int field, T* sums, T* target) =>
        arithmetic.Gemm(
            new(sums, Tokens(field), map.Outputs, map.OutputPadded),
            new(map.Transposed + tables.Column(field).Start, map.Outputs, Padded(field), map.InputPadded),
            new(target, Tokens(field), Padded(field)),
            accumulate: false
        );

    /// <summary>Length of a token's row in <see cref="PullTokens(int)"/>.</summary>
    public int Padded(int field) => arithmetic.Padded(tables.Column(field).Width);

    private int Tokens(int field) => tables.Column(field).Table!.Rows;
}

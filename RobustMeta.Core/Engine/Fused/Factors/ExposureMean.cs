using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Factors;

/// <summary>
/// What exposure adds to the means of users' priors (<see cref="Models.Factors.ExposureTerm"/>): an affine map of the numbers of a
/// <see cref="SupportSum{T}"/>. Vectors and map are state, so that the way back is to support weights alone.
/// </summary>
internal sealed unsafe class ExposureMean<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int rank;
    private readonly FactorBatch<T> batch;
    private readonly int rowWidth;
    private readonly EmbeddingTables<T> vectors;
    private readonly SupportSum<T> sums;
    private readonly DenseMap<T> map;
    private ReadOnlyMemory<int> items;
    private T* rows;
    private T* numbers;
    private T* adjoints;

    /// <summary>The exposure of a model's users.</summary>
    /// <param name="form">Form of the model.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="arrays">Values of the parameters.</param>
    /// <param name="layout">Receives the map.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    public ExposureMean(
        FactorForm form,
        FactorBatch<T> batch,
        ParameterArrays<T> arrays,
        BlockLayout layout,
        Arithmetic<T> arithmetic
    )
    {
        (rank, this.batch) = (form.ExposureRank, batch);
        var hasDrawnNegatives = form.Schema.HasDrawnNegatives;
        rowWidth = arithmetic.Padded(rank);
        vectors = new("exposure", [form.Identity!], rank, arrays);
        var least = hasDrawnNegatives ? T.One : T.CreateChecked(FactorForm.Least);
        sums = new(rank, hasDrawnNegatives, least, Vector);
        map = new("exposure.map", 0, "exposure.constant", rank + 1, form.Order, layout, arithmetic);
    }

    /// <summary>Takes values and memory for the way there.</summary>
    /// <param name="values">Values in the layout.</param>
    /// <param name="ofSupports">Items of the supports.</param>
    /// <param name="supportWeights">Weights of support interactions, empty for ones.</param>
    /// <param name="arena">Memory of the batch.</param>
    public void Begin(T* values, ReadOnlyMemory<int> ofSupports, ReadOnlySpan<T> supportWeights, Arena<T> arena)
    {
        items = ofSupports;
        rows = arena.TakeZeros((long)items.Length * rowWidth);
        sums.Begin(batch.Tasks, supportWeights, arena);
        map.Begin(values, arena);
        numbers = arena.TakeZeros((long)batch.Tasks.Count * map.InputPadded);
    }

    /// <summary>Looks up some items of supports.</summary>
    public void EncodeItems(int first, int count) =>
        vectors.Gather(items.Span.Slice(first, count), rows + (long)first * rowWidth, rowWidth);

    /// <summary>Adds to the means of some users' priors.</summary>
    public void Forward(Chunk users)
    {
        for (var user = users.FirstUser; user < users.EndUser; user++)
        {
            sums.Write(user, numbers + (long)user * map.InputPadded);
        }
        var start = users.FirstUser;
        map.Apply(
            numbers + (long)start * map.InputPadded,
            batch.Grounds + (long)start * map.OutputPadded,
            users.EndUser - start,
            accumulate: true
        );
    }

    /// <summary>Takes memory for the way back.</summary>
    public void BeginReverse(Arena<T> arena) =>
        adjoints = batch.WantsWeights ? arena.Take((long)batch.Tasks.Count * map.InputPadded) : null;

    /// <summary>Adds to the derivatives by some users' support weights, where they are wanted.</summary>
    public void Reverse(Chunk users)
    {
        if (!batch.WantsWeights)
        {
            return;
        }
        var start = users.FirstUser;
        map.Pull(
            batch.GroundAdjoint + (long)start * map.OutputPadded,
            adjoints + (long)start * map.InputPadded,
            users.EndUser - start,
            accumulate: false
        );
        for (var user = start; user < users.EndUser; user++)
        {
            sums.Reverse(user, new(adjoints + (long)user * map.InputPadded, rank + 1), batch.SupportAdjoint);
        }
    }

    private ReadOnlySpan<T> Vector(int row) => new(rows + (long)batch.Slots.Of[row] * rowWidth, rank);
}

using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Factors;

/// <summary>
/// Losses and exact meta-gradients of a matrix factorisation whose users are folded in, in any precision. Where a phase does not learn the
/// items' vectors, as by default, nothing goes back to them. See DERIVATION.md, factors.
/// </summary>
internal sealed unsafe class FusedFactors<T> : EncodedCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly FactorForm form;
    private readonly bool learnsItems;
    private readonly FactorBatch<T> batch = new() { Tasks = null! };
    private readonly FeatureRows<T> features;
    private readonly FeatureRows<T> people;
    private readonly SpreadRows<T> spreads;
    private readonly ChoiceRows<T> choice;
    private readonly ExposureMean<T>? exposure;
    private readonly PriorPrecision<T> precision;
    private readonly VectorGradient<T> ofPrecision;
    private readonly NumberGradient<T> ofCenter;
    private readonly NumberGradient<T> ofNoise;
    private readonly long center;
    private readonly long noise;
    private readonly FactorPass<T>[] passes;
    private readonly Arena<T>[] predictions;
    private readonly List<nint> chunkMemory = [];
    private int supportItems;
    private ReadOnlyMemory<T> folded;
    private T* itemAdjoint;

    /// <summary>An engine core for a model.</summary>
    /// <param name="form">Form of the model.</param>
    /// <param name="phase">What is learned.</param>
    /// <param name="label">What the model predicts.</param>
    /// <param name="arrays">Its parameters.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    /// <param name="shared">Workers that belong to somebody else; null for as many of its own.</param>
    public FusedFactors(
        FactorForm form,
        TrainingPhase phase,
        LabelKind label,
        ParameterArrays<T> arrays,
        int threads,
        Arithmetic<T> arithmetic,
        WorkerPool? shared = null
    )
        : base(arrays, threads, arithmetic, phase, shared)
    {
        this.form = form;
        // Vectors and spreads of items are learned together or not at all.
        learnsItems = phase.Learned.IsEmpty || phase.Learned.Contains("spread.id");
        var schema = form.Schema;
        features = new("item", schema.ItemFields, form.Width, arrays, Layout, arithmetic, !learnsItems);
        people = new("user", schema.UserFields, form.Order, arrays, Layout, arithmetic, isConstant: false);
        spreads = new(form, batch, arrays, Layout, arithmetic, !learnsItems);
        var map = new DenseMap<T>("choice", 0, null, form.Width, form.Order, Layout, arithmetic);
        choice = new(batch, map, arithmetic);
        exposure = form.ExposureRank == 0 ? null : new(form, batch, arrays, Layout, arithmetic);
        precision = new(form.Order, form.ExposureRank > 0, arrays, Layout, arithmetic);
        ofPrecision = new(precision.Place, arithmetic.Padded(form.Order), arithmetic);
        (center, noise) = (Layout.Add("center", 0, 1, 1, 1), Layout.Add("logNoise", 0, 1, 1, 1));
        (ofCenter, ofNoise) = (new(center), new(noise));
        Complete(
            features.Side,
            people.HasTokens ? [people.Side] : [],
            [.. features.Own, .. people.Own, spreads, map, ofPrecision, ofCenter, ofNoise]
        );
        passes = [.. Enumerable.Range(0, threads).Select(_ => new FactorPass<T>(form, label, precision, arithmetic))];
        predictions = [.. Enumerable.Range(0, threads).Select(_ => new Arena<T>())];
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, T[] Values)> NewState => [];

    /// <summary>Scores of the queries with weights of the support interactions that are folded in; all of them tell what the user chose.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="weights">A weight of each support interaction.</param>
    public T[] Predict(TaskBatch tasks, ReadOnlyMemory<T> weights)
    {
        folded = weights;
        try
        {
            return Predict(tasks);
        }
        finally
        {
            folded = default;
        }
    }

    /// <inheritdoc/>
    protected override BatchRows<T> Rows => batch;

    private int Width => Arithmetic.Padded(form.Order);

    private int ItemWidth => Arithmetic.Padded(form.Width);

    /// <inheritdoc/>
    protected override TaskBatch Choose(TaskBatch tasks, bool isTraining) => tasks;

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<T> supportWeights, bool isTraining)
    {
        BatchRows<T>.RequireWeights(supportWeights, "the fold-in of users");
        batch.TakeSupportWeights(Memory, supportWeights);
        batch.FoldWeights = batch.SupportWeights;
        if (!folded.IsEmpty)
        {
            batch.FoldWeights = Memory.Take(batch.SupportRows);
            folded.Span.CopyTo(new(batch.FoldWeights, batch.SupportRows));
        }
        batch.Center = Values[center];
        batch.Certainty = T.One / T.Exp(Values[noise]);
        batch.Items = Memory.Take((long)batch.Slots.Count * ItemWidth);
        batch.Factors = Memory.TakeZeros((long)batch.Slots.Count * Width);
        batch.Grounds = Memory.Take((long)batch.Tasks.Count * Width);
        features.Begin(Values, batch.Slots.Count, Memory);
        people.Begin(Values, batch.Tasks.Count, Memory);
        // Items are numbered as they come, supports first.
        supportItems = 0;
        foreach (var slot in batch.Slots.Of[..batch.SupportRows])
        {
            supportItems = Math.Max(supportItems, slot + 1);
        }
        spreads.Begin(Values, batch.Slots.ItemMemory[..supportItems], Memory);
        exposure?.Begin(Values, batch.Slots.ItemMemory[..supportItems], supportWeights, Memory);
        choice.Begin(Values, Memory);
        precision.Begin(Values, Memory);
        chunkMemory.Clear();
        foreach (var chunk in Chunks)
        {
            chunkMemory.Add(isTraining ? (nint)Memory.Take(passes[0].Measure(batch, chunk)) : 0);
        }
    }

    /// <inheritdoc/>
    protected override void EncodeItems(int first, int count)
    {
        features.Write(batch.Slots.Items, first, count, batch.Items);
        for (var i = first; i < first + count; i++)
        {
            var factors = batch.Factors + (long)i * Width;
            Arithmetic<T>.Copy(batch.Items + (long)i * ItemWidth + 1, factors, form.Order);
            // The level acts on all items alike, but for what an item's slope adds.
            *factors += T.One;
        }
        // Later blocks have items of queries alone.
        if (Math.Min(supportItems - first, count) is > 0 and var ofSupports)
        {
            spreads.Forward(first, ofSupports);
            exposure?.EncodeItems(first, ofSupports);
        }
    }

    /// <inheritdoc/>
    protected override void ForwardChunk(int worker, int chunk)
    {
        var users = Chunks[chunk];
        var count = users.EndUser - users.FirstUser;
        people.Write(batch.Tasks.Users.AsSpan(), users.FirstUser, count, batch.Grounds);
        choice.Forward(users);
        exposure?.Forward(users);
        var place = (T*)chunkMemory[chunk];
        if (place is null)
        {
            predictions[worker].Reset();
            place = predictions[worker].Take(passes[worker].Measure(batch, users));
        }
        passes[worker].Forward(batch, users, place);
    }

    /// <inheritdoc/>
    /// <remarks>The model adds nothing of its own to a user's losses, so the weights of users have nothing to weigh.</remarks>
    protected override void BeginReverse(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        var users = batch.Tasks.Count;
        batch.QueryWeights = Memory.Take(batch.QueryRows);
        queryWeights.CopyTo(new(batch.QueryWeights, batch.QueryRows));
        var rows = (long)(batch.SupportRows + batch.QueryRows);
        batch.RowAdjoint = learnsItems ? Memory.Take(rows * ItemWidth) : null;
        batch.SpreadAdjoint = learnsItems ? Memory.Take((long)batch.SupportRows * Width) : null;
        itemAdjoint = learnsItems ? Memory.Take((long)batch.Slots.Count * ItemWidth) : null;
        batch.GroundAdjoint = Memory.Take((long)users * Width);
        batch.PrecisionAdjoint = Memory.Take((long)users * Width);
        batch.LogSpreadAdjoint = Memory.Take((long)users * Width);
        batch.CenterAdjoint = Memory.Take(users);
        batch.NoiseAdjoint = Memory.Take(users);
        features.Collect(itemAdjoint, batch.Slots.Count);
        people.Collect(batch.GroundAdjoint, users);
        spreads.BeginReverse(Memory);
        choice.BeginReverse(Memory);
        exposure?.BeginReverse(Memory);
        ofPrecision.Collect(null, batch.PrecisionAdjoint, users);
        ofCenter.Collect(batch.CenterAdjoint, users);
        ofNoise.Collect(batch.NoiseAdjoint, users);
    }

    /// <inheritdoc/>
    protected override void ReverseChunk(int worker, int chunk)
    {
        var users = Chunks[chunk];
        passes[worker].Backward(batch, users, (T*)chunkMemory[chunk]);
        choice.Reverse(users);
        exposure?.Reverse(users);
        people.Reverse(users.FirstUser, users.EndUser - users.FirstUser, batch.GroundAdjoint);
    }

    /// <inheritdoc/>
    protected override void ReverseItems(int first, int count, T* target)
    {
        var sums = itemAdjoint + (long)first * ItemWidth;
        batch.Slots.SumRows(
            Arithmetic,
            batch.RowAdjoint,
            0,
            int.MaxValue,
            first,
            count,
            sums,
            ItemWidth,
            accumulate: false
        );
        features.Reverse(first, count, itemAdjoint);
        if (Math.Min(supportItems - first, count) is > 0 and var ofSupports)
        {
            spreads.Reverse(first, ofSupports);
        }
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        foreach (var pass in passes)
        {
            pass.Dispose();
        }
        foreach (var arena in predictions)
        {
            arena.Dispose();
        }
    }
}

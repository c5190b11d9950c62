using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>
/// Losses and exact meta-gradients of a model of perceptron form, in any precision: assembles batches, gives chunks of
/// users to workers, and adds up what they return in a fixed order, so that results do not depend on the number of
/// workers.
/// </summary>
internal sealed unsafe partial class FusedPerceptron<T> : IPartCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Rows that go through the network as one block: enough to fill tiles, few enough to stay in the second-level cache.
    private const int RowsPerChunk = 160;
    private const int ItemsPerBlock = 64;

    private readonly PerceptronForm form;
    private readonly PerceptronShape shape;
    private readonly Arithmetic<T> arithmetic;
    private readonly ParameterArrays<T> arrays;
    private readonly SlowNetwork<T> slow;
    private readonly EmbeddingTables<T> itemTables;
    private readonly FieldMap<T> fields;
    private readonly EmbeddingTables<T> userTables;
    private readonly ExposureRows<T>? exposure;
    private readonly WorkerPool pool;
    private readonly Worker[] workers;
    private readonly Arena<T> memory = new();
    private readonly TokenPairs<T> pairs;
    private readonly FusedBatch<T> batch;
    private readonly List<Chunk> chunks = [];
    private readonly List<nint> chunkMemory = [];
    private readonly Action<int, int> encodeTokens;
    private readonly Action<int, int> encode;
    private readonly Action<int, int> forward;
    private readonly Action<int, int> predict;
    private readonly Action<int, int> backward;
    private readonly Action<int, int> reverseItems;
    private readonly Action<int, int> collect;
    private readonly bool? forced;
    private readonly int entitiesPerToken;
    private bool isReady;
    private bool isDual;

    /// <summary>An engine core for a model.</summary>
    /// <param name="form">Form of a model that <see cref="PerceptronShape.Refusal"/> accepts.</param>
    /// <param name="label">What the model predicts.</param>
    /// <param name="arrays">Its parameters.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    /// <param name="dual">Forces the dual form or every user's own weights, where both are possible; for tests.</param>
    /// <param name="entitiesPerToken">When a field is shared (see <see cref="EmbeddingTables{T}.Plan"/>); for tests.</param>
    public FusedPerceptron(
        PerceptronForm form,
        LabelKind label,
        ParameterArrays<T> arrays,
        int threads,
        Arithmetic<T> arithmetic,
        bool? dual = null,
        int entitiesPerToken = 2
    )
    {
        forced = dual;
        this.entitiesPerToken = entitiesPerToken;
        this.form = form;
        this.arithmetic = arithmetic;
        this.arrays = arrays;
        shape = new(form, label, arithmetic.Padded, training: true);
        slow = new(shape, arithmetic);
        itemTables = new("item", form.Schema.ItemFields, form.Schema.EmbeddingDim, arrays);
        fields = new(itemTables, arithmetic);
        pairs = new(fields, T.CreateChecked(form.Inner.LocalLr), arithmetic);
        batch = new() { Tasks = null!, Pairs = pairs };
        userTables = new("user", form.Schema.UserFields, form.Schema.EmbeddingDim, arrays);
        exposure = form.TakesExposure ? ExposureRows<T>.Of(form.Schema, arrays) : null;
        ownTokens = form.AdaptsEmbeddings
            ? new(itemTables, threads, arithmetic.Padded(form.Schema.EmbeddingDim))
            : null;
        pool = new(threads);
        var forPrediction = new PerceptronShape(form, label, arithmetic.Padded, training: false);
        workers = [.. Enumerable.Range(0, threads).Select(_ => new Worker(shape, forPrediction, arithmetic, slow))];
        weightPieces = new (int, int, int)[itemTables.Count + shape.Width[0] / RowsPerPiece];
        (encodeTokens, encode, forward, predict) = (EncodeTokens, Encode, ForwardChunk, PredictChunk);
        (backward, reverseItems, collect) = (BackwardChunk, ReverseItems, Collect);
        (backwardOrBegin, collectRows, collectField) = (BackwardOrBegin, CollectPartRows, CollectPartField);
        (multiplyPart, combine) = (MultiplyPart, Combine);
        numberTokens = ownTokens is null ? null : ownTokens.Number;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<T> SupportGradient => batch.SupportAdjoint;

    /// <inheritdoc/>
    public IEnumerable<(string Name, ReadOnlyMemory<int> Rows)> Touched =>
        itemTables.Touched.Concat(userTables.Touched);

    /// <inheritdoc/>
    public IEnumerable<(string Name, T[] Values)> NewState => [];

    /// <inheritdoc/>
    public ReadOnlySpan<T> Forward(TaskBatch tasks, ReadOnlySpan<T> supportWeights)
    {
        (partCount, hasParts) = (0, false);
        return Forward(tasks, supportWeights, kindOf: null);
    }

    private ReadOnlySpan<T> Forward(TaskBatch tasks, ReadOnlySpan<T> supportWeights, Func<int, bool>? kindOf)
    {
        batch.Tasks = tasks;
        isDual = PrefersDual(shape, 0, tasks.Count);
        Prepare(tasks, supportWeights, shape, entitiesPerToken, KernelsOnly() ? RowFields.Unpaired : RowFields.All);
        batch.RowItems =
            isDual && AdaptsFirst ? memory.Take((long)(batch.SupportRows + batch.QueryRows) * batch.ItemWidth) : null;
        Chunk.Plan(tasks, RowsPerChunk, chunks, kindOf);
        chunkMemory.Clear();
        foreach (var chunk in chunks)
        {
            chunkMemory.Add((nint)memory.Take(workers[0].Training(isDual).Measure(batch, chunk, training: true)));
        }
        pool.Run(chunks.Count, forward);
        isReady = true;
        return batch.Losses.AsSpan(0, batch.QueryRows);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The order of all sums depends on the user alone, so that a user gets the same scores in every batch: no field is shared, and
    /// the form is chosen for each user alone.
    /// </remarks>
    public T[] Predict(TaskBatch tasks)
    {
        var forPrediction = workers[0].PredictionShape;
        Prepare(tasks, [], forPrediction, int.MaxValue, RowFields.All);
        Chunk.Plan(tasks, RowsPerChunk, chunks, user => PrefersDual(forPrediction, user, user + 1));
        pool.Run(chunks.Count, predict);
        return batch.Scores[..batch.QueryRows];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pool.Dispose();
        foreach (var worker in workers)
        {
            worker.Dispose();
        }
        slow.Dispose();
        memory.Dispose();
    }

    // Inputs that rows share: the embedded items and users and their parts of the first layer.
    private void Prepare(
        TaskBatch tasks,
        ReadOnlySpan<T> supportWeights,
        PerceptronShape shape,
        int entitiesPerSharedToken,
        RowFields rowFields
    )
    {
        isReady = false;
        memory.Reset();
        slow.Fill(arrays.Values);
        batch.Fill(tasks, supportWeights.Length);
        TakeItems(entitiesPerSharedToken, rowFields);
        batch.Users = TakeRows(tasks.Count, shape.UserWidth, shape.UserPadded);
        batch.UserLayer = memory.Take((long)tasks.Count * shape.Padded[1]);
        batch.UserNorm = memory.Take(tasks.Count);
        batch.UserMove = shape.AdaptsHidden[1] ? memory.Take((long)tasks.Count * shape.Padded[1]) : null;
        TakeFractions(supportWeights);
        exposure?.Begin(tasks, supportWeights, memory);
        BeginInputs();
        pool.Run(itemTables.Count, encodeTokens);
        pool.Run(ItemBlocks + 2, encode);
    }

    // Rows whose padding is zero; the rest is written anyway.
    private T* TakeRows(long count, int width, int padded) =>
        width == padded ? memory.Take(count * padded) : memory.TakeZeros(count * padded);

    private void TakeFractions(ReadOnlySpan<T> weights)
    {
        var tasks = batch.Tasks;
        batch.SupportFraction = memory.Take(batch.SupportRows);
        batch.WeightSum = memory.Take(tasks.Count);
        for (var u = 0; u < tasks.Count; u++)
        {
            var (first, end) = (tasks.SupportStarts[u], tasks.SupportStarts[u + 1]);
            var sum = weights.IsEmpty ? T.CreateChecked(end - first) : T.Zero;
            for (var i = first; i < end && !weights.IsEmpty; i++)
            {
                sum += weights[i];
            }
            batch.WeightSum[u] = sum;
            for (var i = first; i < end; i++)
            {
                batch.SupportFraction[i] = (weights.IsEmpty ? T.One : weights[i]) / sum;
            }
        }
    }

    private void EncodeUsers()
    {
        var (below, width) = (shape.UserPadded, shape.Padded[1]);
        userTables.Gather(batch.Tasks.Users.AsSpan(), batch.Users, below);
        for (var u = 0; u < batch.Tasks.Count; u++)
        {
            var row = batch.Users + (long)u * below;
            exposure?.Write(u, row + exposure.Start);
            batch.UserNorm[u] = arithmetic.Dot(row, row, below) + T.One;
            Arithmetic<T>.Copy(slow.Weights.Bias[1], batch.UserLayer + (long)u * width, width);
        }
        arithmetic.Gemm(
            new(batch.Users, batch.Tasks.Count, shape.UserWidth, below),
            new(slow.Block + slow.Layout.User, shape.UserWidth, width),
            new(batch.UserLayer, batch.Tasks.Count, width),
            accumulate: true
        );
        if (batch.UserMove is not null)
        {
            EncodeMoves();
        }
    }

    // How far a unit of summed delta moves the user's part of the first layer (see FusedBatch.UserMove).
    private void EncodeMoves()
    {
        var width = shape.Padded[1];
        var localLr = T.CreateChecked(form.Inner.LocalLr);
        for (var u = 0; u < batch.Tasks.Count; u++)
        {
            var move = batch.UserMove + (long)u * width;
            if (!shape.HasRates)
            {
                new Span<T>(move, width).Fill(localLr * batch.UserNorm[u]);
                continue;
            }
            Arithmetic<T>.Copy(slow.Block + slow.Layout.RateBias[1], move, width);
            for (var i = 0; i < shape.UserWidth; i++)
            {
                var x = batch.Users[(long)u * shape.UserPadded + i];
                arithmetic.AddScaled(x * x, slow.Block + slow.Layout.RateUser + (long)i * width, move, width);
            }
        }
    }

    // Whether for some users the products of the dual form are fewer than those with users' own weights. Measured at 256 bits over hidden
    // widths of 16 to 256, supports of 5 to 320 and queries of 10 to 100, the times are equal where the counts have a ratio
    // of 0.75 to 1.1, and within a tenth of each other up to there: neither side needs a bonus.
    private bool PrefersDual(PerceptronShape shape, int firstUser, int endUser)
    {
        if (shape.Steps != 1 || shape.HasRates || shape.MovesInputs)
        {
            return shape.Steps == 0 && (forced != false || shape.IsJoint);
        }
        if (forced is { } choice)
        {
            return choice;
        }
        double dual = 0;
        double own = 0;
        var tasks = batch.Tasks;
        for (var l = 1; l <= shape.Hidden; l++)
        {
            if (!shape.AdaptsHidden[l])
            {
                continue;
            }
            for (var u = firstUser; u < endUser; u++)
            {
                var (supports, queries) = (tasks.SupportLength(u), tasks.QueryLength(u));
                var kernels = shape.KernelProducts(l, supports, queries);
                var weights = shape.OwnProducts(l, supports, queries);
                dual += kernels;
                own += l == 1 ? Math.Min(kernels, weights) : weights;
            }
        }
        return dual <= own;
    }

    // Whether nobody of the batch has first-layer weights of its own, which need all columns of the items.
    private bool KernelsOnly()
    {
        var all = AdaptsFirst;
        for (var u = 0; u < batch.Tasks.Count && all && !isDual; u++)
        {
            all = shape.PrefersKernel(batch.Tasks.SupportLength(u), batch.Tasks.QueryLength(u));
        }
        return all;
    }

    private void ForwardChunk(int worker, int chunk) =>
        workers[worker]
            .Training(isDual)
            .Forward(batch, chunks[chunk], (T*)chunkMemory[chunk], workers[worker].Scratch, training: true);

    private void PredictChunk(int worker, int chunk)
    {
        var own = workers[worker];
        var user = chunks[chunk].FirstUser;
        var pass = own.Prediction(PrefersDual(own.PredictionShape, user, user + 1));
        own.Memory.Reset();
        var place = own.Memory.Take(pass.Measure(batch, chunks[chunk], training: false));
        pass.Forward(batch, chunks[chunk], place, own.Scratch, training: false);
    }

    private sealed class Worker(
        PerceptronShape training,
        PerceptronShape prediction,
        Arithmetic<T> arithmetic,
        SlowNetwork<T> slow
    ) : IDisposable
    {
        private readonly OneStepPass<T> trainDual = new(training, arithmetic, slow);
        private readonly StepwisePass<T> trainStepwise = new(training, arithmetic, slow);
        private readonly OneStepPass<T> predictDual = new(prediction, arithmetic, slow);
        private readonly StepwisePass<T> predictStepwise = new(prediction, arithmetic, slow);

        public PerceptronShape PredictionShape => prediction;

        public Arena<T> Scratch { get; } = new();

        public Arena<T> Memory { get; } = new();

        public AdaptationPass<T> Training(bool dual) => dual ? trainDual : trainStepwise;

        public AdaptationPass<T> Prediction(bool dual) => dual ? predictDual : predictStepwise;

        public void Dispose()
        {
            Scratch.Dispose();
            Memory.Dispose();
        }
    }
}

using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused;

/// <summary>
/// The order of steps of the cores that encode items and users once each by networks that no user adapts, and then compute users
/// in chunks, which workers share: encode, chunks forward; chunks back, entities back, gradients. Between these stages all wait for
/// one, so what a stage can take along is a piece of it. Results do not depend on the number of workers.
/// </summary>
internal abstract unsafe class EncodedCore<T> : IFusedCore<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Some ten chunks of a batch of 32 users: enough to share between a few workers evenly.
    private const int RowsPerChunk = 128;

    private readonly ParameterArrays<T> arrays;
    private readonly WorkerPool pool;
    private readonly bool ownsPool;
    private readonly Arena<T> lasting = new();
    private readonly Action<int, int> encodeTokens;
    private readonly Action<int, int> encode;
    private readonly Action<int, int> forward;
    private readonly Action<int, int> backward;
    private readonly Action<int, int> reverse;
    private readonly Action<int, int> collect;
    private EncodedSide<T>[] users = [];
    private EncodedSide<T>[] learnedUsers = [];
    private ITouchesRows[] others = [];
    private PieceList<T>? pieces;
    private int groupings;
    private bool isReady;

    /// <summary>A core whose constructor ends with <see cref="Complete"/>.</summary>
    /// <param name="arrays">Parameters of the model.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    /// <param name="phase">The phase of training, which says what is learned; null for all.</param>
    /// <param name="shared">Workers that belong to somebody else; null for as many of its own.</param>
    protected EncodedCore(
        ParameterArrays<T> arrays,
        int threads,
        Arithmetic<T> arithmetic,
        TrainingPhase? phase = null,
        WorkerPool? shared = null
    )
    {
        Layout = new(phase?.Learned);
        (this.arrays, Arithmetic) = (arrays, arithmetic);
        (pool, ownsPool) = (shared ?? new(threads), shared is null);
        (encode, forward, backward) = (Encode, ForwardChunk, ReverseChunk);
        encodeTokens = (_, field) => Items.EncodeTokens(field);
        (reverse, collect) = (Reverse, (_, piece) => pieces!.WriteGradient(piece, Gradient));
    }

    /// <inheritdoc/>
    public ReadOnlySpan<T> SupportGradient => Rows.SupportAdjoint;

    /// <inheritdoc/>
    public IEnumerable<(string Name, ReadOnlyMemory<int> Rows)> Touched =>
        Items.Touched.Concat(users.SelectMany(side => side.Touched)).Concat(others.SelectMany(part => part.Touched));

    /// <inheritdoc/>
    public abstract IEnumerable<(string Name, T[] Values)> NewState { get; }

    /// <summary>Arithmetic.</summary>
    protected Arithmetic<T> Arithmetic { get; }

    /// <summary>Where parameters stand in <see cref="Values"/> and <see cref="Gradient"/>.</summary>
    protected BlockLayout Layout { get; }

    /// <summary>Memory of the batch.</summary>
    protected Arena<T> Memory { get; } = new();

    /// <summary>Chunks of users of the batch.</summary>
    protected List<Chunk> Chunks { get; } = [];

    /// <summary>Values of the parameters.</summary>
    protected T* Values { get; private set; }

    /// <summary>Gradients of the parameters.</summary>
    protected T* Gradient { get; private set; }

    /// <summary>The batch's items.</summary>
    protected EncodedSide<T> Items { get; private set; } = null!;

    /// <summary>The batch.</summary>
    protected abstract BatchRows<T> Rows { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<T> Forward(TaskBatch tasks, ReadOnlySpan<T> supportWeights)
    {
        Compute(tasks, supportWeights, isTraining: true);
        isReady = true;
        return Rows.Losses.AsSpan(0, Rows.QueryRows);
    }

    /// <inheritdoc/>
    public T[] Predict(TaskBatch tasks)
    {
        Compute(tasks, [], isTraining: false);
        return Rows.Scores[..Rows.QueryRows];
    }

    /// <inheritdoc/>
    public void Backward(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights)
    {
        if (!isReady)
        {
            throw new InvalidOperationException("Backward needs a Forward of the same batch before it.");
        }
        isReady = false;
        if (!Items.IsConstant)
        {
            Items.BeginReverse(Memory);
        }
        foreach (var side in learnedUsers)
        {
            side.BeginReverse(Memory);
        }
        BeginReverse(queryWeights, userWeights);
        pool.Run(Chunks.Count, backward);
        pool.Run(ReversedItemBlocks + learnedUsers.Sum(side => side.Network.Blocks), reverse);
        pool.Run(pieces!.Pieces, collect);
        Layout.Unpack(Gradient, arrays.Gradient);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ownsPool)
        {
            pool.Dispose();
        }
        Release();
        lasting.Dispose();
        Memory.Dispose();
    }

    /// <summary>Ends the constructor: the layout is complete.</summary>
    /// <param name="items">The batch's items.</param>
    /// <param name="ofUsers">What is looked up of the batch's users; nothing where the model does not look at them.</param>
    /// <param name="own">Gradients of all other parameters.</param>
    protected void Complete(
        EncodedSide<T> items,
        IReadOnlyList<EncodedSide<T>> ofUsers,
        params IReadOnlyList<IGradientPieces<T>> own
    )
    {
        (Items, users) = (items, [.. ofUsers]);
        learnedUsers = [.. users.Where(side => !side.IsConstant)];
        pieces = new([items, .. users, .. own]);
        others = [.. own.OfType<ITouchesRows>()];
        Values = lasting.TakeZeros(Layout.Size);
        Gradient = lasting.TakeZeros(Layout.Size);
    }

    /// <summary>Does independent pieces of work on the workers.</summary>
    protected void Share(int count, Action<int, int> piece) => pool.Run(count, piece);

    /// <summary>Whether the way back sums rows by item, for which they must be grouped.</summary>
    protected virtual bool SumsByItem => true;

    /// <summary>Number of pieces that neither need what is encoded nor are needed for it, see <see cref="Aside"/>.</summary>
    protected virtual int AsidePieces => 0;

    /// <summary>The tasks as the core computes them, whose supports may be shorter in training.</summary>
    protected abstract TaskBatch Choose(TaskBatch tasks, bool isTraining);

    /// <summary>Takes memory for a batch; outputs of the networks have their places, but are not computed yet.</summary>
    protected abstract void Begin(ReadOnlySpan<T> supportWeights, bool isTraining);

    /// <summary>One of <see cref="AsidePieces"/>, computed beside the encoding of items and users.</summary>
    protected virtual void Aside(int piece) { }

    /// <summary>Puts together what stands there when all pieces are done and items and users are encoded.</summary>
    protected virtual void EndEncoding() { }

    /// <summary>What does not depend on users, for some items whose networks' outputs are there.</summary>
    protected abstract void EncodeItems(int first, int count);

    /// <summary>Scores, and in training losses, of a chunk.</summary>
    protected abstract void ForwardChunk(int worker, int chunk);

    /// <summary>Takes memory for the way back, and the weights of the objective.</summary>
    protected abstract void BeginReverse(ReadOnlySpan<T> queryWeights, ReadOnlySpan<T> userWeights);

    /// <summary>Adjoints of a chunk down to its rows, and to the outputs of its users' network.</summary>
    protected abstract void ReverseChunk(int worker, int chunk);

    /// <summary>Writes adjoints of the outputs of some items' network.</summary>
    protected abstract void ReverseItems(int first, int count, T* target);

    /// <summary>Frees what the core has beside <see cref="Memory"/>.</summary>
    protected abstract void Release();

    private void Compute(TaskBatch tasks, ReadOnlySpan<T> supportWeights, bool isTraining)
    {
        isReady = false;
        Memory.Reset();
        Layout.Pack(arrays.Values, Values);
        Rows.Fill(Choose(tasks, isTraining), supportWeights.Length);
        Chunk.Plan(Rows.Tasks, RowsPerChunk, Chunks);
        Items.Begin(Values, Rows.Slots.ItemMemory, Memory, isTraining);
        foreach (var side in users)
        {
            side.Begin(Values, Rows.Tasks.Users.AsMemory(), Memory, isTraining);
            side.BeginExposure(tasks, supportWeights, Memory);
        }
        Begin(supportWeights, isTraining);
        pool.Run(Items.TokenFields, encodeTokens);
        groupings = isTraining && SumsByItem ? 1 : 0;
        pool.Run(AsidePieces + groupings + Items.Network.Blocks + users.Sum(side => side.Network.Blocks), encode);
        EndEncoding();
        pool.Run(Chunks.Count, forward);
    }

    // What is done aside, the grouping of rows by item, or one block of items or users.
    private void Encode(int worker, int piece)
    {
        var block = piece - AsidePieces - groupings;
        if (block < 0)
        {
            if (piece < AsidePieces)
            {
                Aside(piece);
            }
            else
            {
                Rows.Slots.Group();
            }
            return;
        }
        if (block >= Items.Network.Blocks)
        {
            var (side, firstUser, number) = UserBlock(users, block - Items.Network.Blocks);
            side.Forward(firstUser, number);
            return;
        }
        var (first, count) = Items.Network.Block(block);
        Items.Forward(first, count);
        EncodeItems(first, count);
    }

    // All sides have a row a user, so as many blocks.
    private static (EncodedSide<T> Side, int First, int Count) UserBlock(EncodedSide<T>[] sides, int block)
    {
        var side = sides[block / sides[0].Network.Blocks];
        var (first, count) = side.Network.Block(block % side.Network.Blocks);
        return (side, first, count);
    }

    private int ReversedItemBlocks => Items.IsConstant ? 0 : Items.Network.Blocks;

    private void Reverse(int worker, int block)
    {
        if (block >= ReversedItemBlocks)
        {
            var (side, firstUser, number) = UserBlock(learnedUsers, block - ReversedItemBlocks);
            side.Reverse(firstUser, number, Rows.SupportAdjoint);
            return;
        }
        var (first, count) = Items.Network.Block(block);
        ReverseItems(first, count, Items.Network.OutputAdjoint + (long)first * Items.Network.OutputPadded);
        Items.Network.Reverse(first, count);
    }
}

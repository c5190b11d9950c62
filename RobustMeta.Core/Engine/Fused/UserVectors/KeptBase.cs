using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Networks;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.UserVectors;

/// <summary>The base network after pretraining, where other networks make the vectors and nothing of it is learned.</summary>
/// <param name="form">Form of the model.</param>
/// <param name="network">The base network.</param>
/// <param name="batch">The batch.</param>
internal sealed unsafe class KeptBase<T>(UserVectorForm form, BaseNetwork<T> network, VectorBatch<T> batch)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly DenseMap<T> map = network.VectorMap();

    /// <summary>The batch's items.</summary>
    public EncodedSide<T> Items(ParameterArrays<T> arrays) =>
        new("item", form.Schema.ItemFields, form.Schema.EmbeddingDim, arrays, network.Items, isConstant: true);

    /// <summary>Features of the batch's users.</summary>
    public EncodedSide<T> Users(ParameterArrays<T> arrays) =>
        new("user", form.Schema.UserFields, form.Schema.EmbeddingDim, arrays, network.Users, isConstant: true);

    /// <summary>Takes values.</summary>
    public void Begin(T* values, Arena<T> arena) => map.Begin(values, arena);

    /// <summary>Outputs of a network of user features, for some users; without any feature, it sees a one.</summary>
    public void Apply(RowNetwork<T> meta, Chunk users)
    {
        for (var u = users.FirstUser; u < users.EndUser; u++)
        {
            var target = meta.Inputs + (long)u * meta.InputPadded;
            if (form.Schema.UserWidth == 0)
            {
                *target = T.One;
                continue;
            }
            Arithmetic<T>.Copy(network.Users.Inputs + (long)u * meta.InputPadded, target, meta.InputPadded);
        }
        meta.Forward(users.FirstUser, users.EndUser - users.FirstUser);
    }

    /// <summary>Takes the vectors of some users <c>[B, padded d]</c> for rows.</summary>
    public void Take(VectorRows<T> rows, T* vectors, Chunk users)
    {
        var (start, count) = ((long)users.FirstUser, users.EndUser - users.FirstUser);
        var own = rows.Own + start * network.Padded;
        Arithmetic<T>.Copy(batch.UserPart + start * network.Padded, own, (long)count * network.Padded);
        map.Apply(vectors + start * map.InputPadded, own, count, accumulate: true);
    }

    /// <summary>y = x W of what moves some users' vectors, W being the rows of the hidden layer's weight that meet them.</summary>
    public void Push(T* x, T* y, Chunk users)
    {
        var (start, count) = ((long)users.FirstUser, users.EndUser - users.FirstUser);
        map.Apply(x + start * map.InputPadded, y + start * map.OutputPadded, count, accumulate: false);
    }

    /// <summary>x = y Wᵀ, or added to it.</summary>
    public void Pull(T* y, T* x, Chunk users, bool accumulate)
    {
        var (start, count) = ((long)users.FirstUser, users.EndUser - users.FirstUser);
        map.Pull(y + start * map.OutputPadded, x + start * map.InputPadded, count, accumulate);
    }
}

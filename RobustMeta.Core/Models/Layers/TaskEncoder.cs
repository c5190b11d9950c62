using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// Embeds items and users of a batch, item fields first; a user's row ends with what the choice of the support items says where the
/// schema asks for it and the model takes it (<see cref="Start"/> has to be called by the model's).
/// </summary>
/// <param name="schema">The fields.</param>
/// <param name="takesExposure">Whether the model takes <see cref="InputSchema.Exposure"/>.</param>
public sealed class TaskEncoder(InputSchema schema, bool takesExposure = false)
{
    private readonly ExposureEncoder? exposure =
        takesExposure && schema.Exposure is { } input ? new(input, schema.HasDrawnNegatives) : null;

    /// <summary>Encoder of the item fields, tables <c>item.FIELD</c>.</summary>
    public FeatureEncoder Items { get; } = new("item", schema.ItemFields, schema.EmbeddingDim);

    /// <summary>Encoder of the user fields, tables <c>user.FIELD</c>.</summary>
    public FeatureEncoder Users { get; } = new("user", schema.UserFields, schema.EmbeddingDim);

    /// <summary>Width D of an input: item part, then user part.</summary>
    public int Width => schema.ItemWidth + UserWidth;

    /// <summary>Width of the inputs of a network of user features, at least 1 (see <see cref="UserInputs"/>).</summary>
    public int UserInputWidth => Math.Max(1, UserWidth);

    private int UserWidth => schema.UserWidth + (exposure is null ? 0 : schema.Exposure!.Width);

    /// <summary>The tables.</summary>
    /// <param name="deviation">Standard deviation of their initial rows.</param>
    public IEnumerable<ParameterShape> Shapes(double deviation) =>
        [.. Items.Shapes(deviation), .. Users.Shapes(deviation), .. exposure?.Shapes ?? []];

    /// <summary>Computes the vectors of the items' exposure from the training tasks, where the model takes them.</summary>
    /// <param name="parameters">Written in place.</param>
    /// <param name="train">All meta-training tasks.</param>
    /// <param name="seed">Seed of anything random.</param>
    /// <param name="threads">Number of threads, 0 for one a processor; the values do not depend on it.</param>
    public void Start(ParameterSet parameters, TaskBatch train, long seed, int threads) =>
        exposure?.Start(parameters, train, seed, threads);

    /// <summary>Embedded distinct items <c>[U, D_item]</c> and users <c>[B, D_user]</c> of a batch.</summary>
    public (Tensor Items, Tensor Users) Encode(IReadOnlyDictionary<string, Tensor> theta, TaskTensors batch)
    {
        var precision = batch.Support.Labels.dtype;
        var users = Users.Encode(theta, batch.Batch.Users, precision);
        return (
            Items.Encode(theta, batch.Items, precision),
            exposure is null ? users : cat([users, exposure.Encode(theta, batch)], 1)
        );
    }

    /// <summary>Rows of the distinct items at the slots of one side, <c>[B, L, D_item]</c>.</summary>
    public static Tensor At(Tensor items, TaskTensors.Padded side) =>
        items.index_select(0, side.Slots).view(side.Mask.shape[0], side.Length, items.shape[1]);

    /// <summary>Inputs of one side: item rows and the user's row side by side, <c>[B, L, D]</c>.</summary>
    public static Tensor Inputs(Tensor items, Tensor users, TaskTensors.Padded side) =>
        cat([At(items, side), users.unsqueeze(1).expand(users.shape[0], side.Length, users.shape[1])], 2);

    /// <summary>Users for a network of user features alone: without any feature, all users look the same (a one).</summary>
    public static Tensor UserInputs(Tensor users) =>
        users.shape[1] > 0 ? users : ones([users.shape[0], 1], users.dtype);
}

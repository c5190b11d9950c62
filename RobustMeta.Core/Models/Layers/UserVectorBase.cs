using System.Collections.Immutable;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// The base model of those meta-recommenders that make a vector for an entity without one: a vector of the user, the
/// user's and the item's features side by side go through a decision network. It is pretrained with a trained vector
/// for each meta-training user (table <c>user.vector</c>) on all interactions, then kept.
/// </summary>
public sealed class UserVectorBase
{
    private readonly InputSchema schema;
    private readonly int vectorDim;
    private readonly TaskEncoder encoder;
    private readonly DecisionNetwork network;
    private readonly SupportLoss supportLoss;

    /// <summary>A base model for given inputs.</summary>
    /// <param name="schema">The inputs of the model; with the identity of the users.</param>
    /// <param name="vectorDim">Width of the user's vector.</param>
    /// <param name="hidden">Width of the hidden layer.</param>
    /// <param name="scale">Standard deviation of initial embeddings and vectors.</param>
    /// <param name="label">What is predicted.</param>
    /// <exception cref="ArgumentException">The schema does not say who the users are.</exception>
    public UserVectorBase(InputSchema schema, int vectorDim, int hidden, double scale, LabelKind label)
    {
        if (schema.UserIdentity.VocabularySize < 2)
        {
            throw new ArgumentException(
                "A model that learns a vector of each user needs to know the users: set InputSchema.UserIdentity."
            );
        }
        this.schema = schema;
        this.vectorDim = vectorDim;
        encoder = new(schema);
        network = new("base", vectorDim + encoder.Width, [hidden, 1], Activation.Relu);
        supportLoss = new(label);
        Shapes =
        [
            .. encoder.Shapes(scale),
            ParameterShape.Embedding("user.vector", schema.UserIdentity.VocabularySize, vectorDim, scale),
            .. network.Shapes,
        ];
    }

    /// <summary>Parameters of the base model: all that pretraining learns.</summary>
    public ImmutableArray<ParameterShape> Shapes { get; }

    /// <summary>Number of rows of a table of user vectors: one a meta-training user, and row 0 for all others.</summary>
    public int UserRows => schema.UserIdentity.VocabularySize;

    /// <summary>Width of the inputs of a network of user features.</summary>
    public int UserInputWidth => encoder.UserInputWidth;

    /// <summary>The pretraining: all of the base model is learned.</summary>
    public TrainingPhase Pretraining(int epochs, double learningRate) =>
        new("pretraining")
        {
            Learned = [.. Shapes.Select(shape => shape.Name)],
            Epochs = epochs,
            LearningRate = learningRate,
        };

    /// <summary>Embedded distinct items <c>[U, D_item]</c> and users <c>[B, D_user]</c>.</summary>
    public (Tensor Items, Tensor Users) Encode(IReadOnlyDictionary<string, Tensor> theta, TaskTensors batch) =>
        encoder.Encode(theta, batch);

    /// <summary>Rows of a table <c>[UserRows, d]</c> for the users of a batch, <c>[B, d]</c>.</summary>
    public Tensor Rows(Tensor table, TaskTensors batch) =>
        table.index_select(
            0,
            Aligned.Of(batch.Batch.Users.Select(user => (long)schema.UserIdentity.Tokens[user]).ToArray())
        );

    /// <summary>Mean of the trained vectors of all meta-training users, <c>[1, d]</c>.</summary>
    public Tensor MeanVector(IReadOnlyDictionary<string, Tensor> theta) =>
        theta["user.vector"].narrow(0, 1, UserRows - 1).mean([0], keepdim: true);

    /// <summary>Scores <c>[B, L]</c> of one side under a vector of each user <c>[B, d]</c>.</summary>
    public Tensor Score(
        IReadOnlyDictionary<string, Tensor> theta,
        Tensor vectors,
        (Tensor Items, Tensor Users) encoded,
        TaskTensors.Padded side
    )
    {
        var inputs = TaskEncoder.Inputs(encoded.Items, encoded.Users, side);
        var own = vectors.unsqueeze(1).expand(vectors.shape[0], side.Length, vectorDim);
        return network.Apply(theta, cat([own, inputs], 2)).squeeze(2);
    }

    /// <summary>What pretraining minimises: the loss of all interactions under the users' own trained vectors.</summary>
    public Prediction Pretrain(IReadOnlyDictionary<string, Tensor> theta, TaskTensors batch)
    {
        var encoded = Encode(theta, batch);
        var vectors = Rows(theta["user.vector"], batch);
        var support = Score(theta, vectors, encoded, batch.Support);
        return new(Score(theta, vectors, encoded, batch.Query)) { UserLoss = supportLoss.PerUser(support, batch) };
    }
}

using System.Collections.Immutable;
using RobustMeta.Bias;
using RobustMeta.Experiments;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>A user and the ratings that a scorer is made from: embedded inputs in double precision, and bias offsets.</summary>
internal sealed class ScoredTask
{
    private readonly ServingData data;
    private readonly FieldInput[] user;

    /// <summary>A task.</summary>
    /// <param name="data">What the model sees.</param>
    /// <param name="offset">What its scores stand on.</param>
    /// <param name="user">The user's inputs.</param>
    /// <param name="rated">Dense indices of the rated items.</param>
    /// <param name="labels">Their labels.</param>
    public ScoredTask(ServingData data, OffsetKind offset, FieldInput[] user, int[] rated, float[] labels)
    {
        this.data = data;
        this.user = user;
        (Rated, Labels) = (rated, labels);
        var all = Enumerable.Range(0, data.Items.Count).ToArray();
        (SupportOffset, ItemOffset) = (new float[rated.Length], new float[all.Length]);
        if (offset != OffsetKind.None)
        {
            var batch = new TaskBatch(
                [0],
                [0],
                [0, rated.Length],
                [.. rated],
                [.. labels],
                [0, all.Length],
                [.. all],
                [.. new float[all.Length]]
            );
            var (support, query) = new BiasModel(data.Label, data.Statistics).Scores(batch);
            (SupportOffset, ItemOffset) = ([.. support], [.. query]);
        }
    }

    /// <summary>What the model sees.</summary>
    public ServingData Data => data;

    /// <summary>The user's inputs.</summary>
    public FieldInput[] User => user;

    /// <summary>Dense indices of the rated items.</summary>
    public int[] Rated { get; }

    /// <summary>Their labels.</summary>
    public float[] Labels { get; }

    /// <summary>Bias offsets of the rated items.</summary>
    public float[] SupportOffset { get; }

    /// <summary>Bias offsets of all items.</summary>
    public float[] ItemOffset { get; }

    /// <summary>Slope of the loss of a score: <c>σ(s) − y</c> of clicks, <c>2 (s − y)</c> of ratings.</summary>
    public double Slope(double score, double target) =>
        data.Label == LabelKind.Click ? Logistic.Sigmoid(score) - target : 2 * (score - target);

    /// <summary>Embedded fields of an item side by side, as inner steps have moved them (null: not at all).</summary>
    public double[] ItemInputs(int item, ParameterSet parameters, EmbeddingMoves? moves = null) =>
        [
            .. data.ItemFields.SelectMany(field =>
                field is TokenField tokens
                    ? Embed($"item.{field.Name}", tokens.Bag(item), parameters, moves)
                    : [((NumericField)field).Values[item]]
            ),
        ];

    /// <summary>Embedded fields of the user side by side, and what the choice of the rated items says where the model takes it.</summary>
    public double[] UserInputs(ParameterSet parameters, EmbeddingMoves? moves = null) =>
        [
            .. Fields(parameters, moves),
            .. data.UserExposure == 0
                ? []
                : SupportExposure.Of(
                    parameters,
                    Rated.Where((_, i) => !data.HasDrawnNegatives || Labels[i] != 0),
                    data.UserExposure
                ),
        ];

    /// <summary>Moves the rows that an item and the user have of embedding tables.</summary>
    /// <param name="item">The item.</param>
    /// <param name="move">How far each input would move, item fields first, then user fields.</param>
    /// <param name="moves">Is added to.</param>
    public void Move(int item, ReadOnlySpan<double> move, EmbeddingMoves moves)
    {
        foreach (var field in data.ItemFields)
        {
            if (field is TokenField tokens)
            {
                moves.Add($"item.{field.Name}", tokens.Bag(item), move[..data.EmbeddingDim]);
            }
            move = move[(field is TokenField ? data.EmbeddingDim : 1)..];
        }
        for (var place = 0; place < data.UserFeatures.Length; place++)
        {
            var isTokens = data.UserFeatures[place] is ServedTokens;
            if (isTokens)
            {
                moves.Add($"user.{data.UserFeatures[place].Name}", user[place].Tokens, move[..data.EmbeddingDim]);
            }
            move = move[(isTokens ? data.EmbeddingDim : 1)..];
        }
    }

    private double[] Fields(ParameterSet parameters, EmbeddingMoves? moves) =>
        [
            .. data.UserFeatures.SelectMany(
                (feature, place) =>
                    feature is ServedTokens
                        ? Embed($"user.{feature.Name}", user[place].Tokens, parameters, moves)
                        : [user[place].Number]
            ),
        ];

    private double[] Embed(string table, ReadOnlySpan<int> tokens, ParameterSet parameters, EmbeddingMoves? moves)
    {
        var sum = new double[data.EmbeddingDim];
        FactorTables.Add(parameters[table].Values, tokens, sum);
        moves?.AddTo(table, tokens, sum);
        return sum;
    }
}

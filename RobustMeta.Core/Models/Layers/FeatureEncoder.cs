using System.Collections.Immutable;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// Embeds the fields of items or users and concatenates them: the mean of a bag's rows for token fields, the number
/// itself for numeric fields. Its parameters are the tables <c>SIDE.FIELD</c>.
/// </summary>
/// <param name="side">Prefix of the parameter names: <c>item</c> or <c>user</c>.</param>
/// <param name="fields">The fields, in the order of concatenation.</param>
/// <param name="embeddingDim">Width of a token field.</param>
public sealed class FeatureEncoder(string side, ImmutableArray<InputField> fields, int embeddingDim)
{
    /// <summary>The tables.</summary>
    /// <param name="deviation">Standard deviation of their initial rows.</param>
    public IEnumerable<ParameterShape> Shapes(double deviation) =>
        fields
            .OfType<TokenField>()
            .Select(f => ParameterShape.Embedding(NameOf(f), f.VocabularySize, embeddingDim, deviation));

    /// <summary>Embedded entities <c>[U, D]</c>.</summary>
    /// <param name="theta">Parameters by name.</param>
    /// <param name="entities">Dense indices of the entities, <c>[U]</c>.</param>
    /// <param name="precision">Floating-point type of the result.</param>
    public Tensor Encode(
        IReadOnlyDictionary<string, Tensor> theta,
        ImmutableArray<int> entities,
        ScalarType precision
    ) =>
        fields.IsEmpty
            ? zeros([entities.Length, 0], precision)
            : cat(
                [
                    .. fields.Select(field =>
                        field switch
                        {
                            TokenField f when f.IsSingle => Rows(theta[NameOf(f)], f, entities),
                            TokenField f => Bags(theta[NameOf(f)], f, entities, precision),
                            NumericField f => Numbers(f, entities, precision),
                            _ => throw new ArgumentException($"Field '{field.Name}' is of an unknown kind."),
                        }
                    ),
                ],
                1
            );

    private string NameOf(InputField field) => $"{side}.{field.Name}";

    private static Tensor Rows(Tensor table, TokenField field, ImmutableArray<int> entities) =>
        table.index_select(0, Aligned.Of(entities.Select(e => (long)field.Tokens[e]).ToArray()));

    // Padded bags: padding gathers row 0 with share 0, so it neither counts nor learns.
    private static Tensor Bags(Tensor table, TokenField field, ImmutableArray<int> entities, ScalarType precision)
    {
        var longest = Math.Max(1, entities.Max(e => field.Bag(e).Length));
        var tokens = new long[entities.Length * longest];
        var shares = new double[entities.Length * longest];
        for (var u = 0; u < entities.Length; u++)
        {
            var bag = field.Bag(entities[u]);
            for (var i = 0; i < bag.Length; i++)
            {
                tokens[u * longest + i] = bag[i];
                shares[u * longest + i] = 1.0 / bag.Length;
            }
        }
        var rows = table.index_select(0, Aligned.Of(tokens)).view(entities.Length, longest, -1);
        return (rows * Aligned.Of(shares, precision, entities.Length, longest, 1)).sum(1);
    }

    private static Tensor Numbers(NumericField field, ImmutableArray<int> entities, ScalarType precision) =>
        Aligned.Of(entities.Select(e => field.Values[e]).ToArray(), precision, entities.Length, 1);
}

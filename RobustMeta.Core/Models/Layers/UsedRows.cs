using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// The rows of the embedding tables of one side (items or users) that a batch touches, so that every user can have a
/// copy of these rows alone: all other rows have no gradient from the user's support.
/// </summary>
/// <param name="side">Prefix of the parameter names: <c>item</c> or <c>user</c>.</param>
/// <param name="fields">The fields, in the order of concatenation.</param>
/// <param name="entities">Dense indices of the entities, <c>[U]</c>.</param>
/// <param name="precision">Floating-point type of the result.</param>
public sealed class UsedRows(
    string side,
    ImmutableArray<InputField> fields,
    ImmutableArray<int> entities,
    ScalarType precision
)
{
    private readonly ImmutableArray<ImmutableArray<int>> tokens =
    [
        .. fields
            .OfType<TokenField>()
            .Select(field => entities.SelectMany(e => field.Bag(e).ToArray()).Append(0).Distinct().ToImmutableArray()),
    ];

    /// <summary>The rows <c>[T, E]</c> of each token field.</summary>
    public IEnumerable<Tensor> Gather(IReadOnlyDictionary<string, Tensor> theta) =>
        fields
            .OfType<TokenField>()
            .Select(
                (field, i) =>
                    theta[$"{side}.{field.Name}"].index_select(0, Aligned.Of(tokens[i].Select(t => (long)t).ToArray()))
            );

    /// <summary>Every entity as every user sees it, <c>[B, U, D]</c>.</summary>
    /// <param name="rows">As <see cref="Gather"/>, with a leading user axis <c>[B, T, E]</c>.</param>
    /// <param name="users">Number of users B.</param>
    public Tensor Encode(IReadOnlyList<Tensor> rows, int users) =>
        Concatenate(rows, (shares, own) => matmul(shares, own), numbers => numbers.expand(users, -1, -1));

    /// <summary>Entity b as user b sees it, <c>[B, D]</c>: for the users' own rows, where U = B.</summary>
    public Tensor EncodeOwn(IReadOnlyList<Tensor> rows) =>
        Concatenate(rows, (shares, own) => matmul(shares.unsqueeze(1), own).squeeze(1), numbers => numbers);

    private Tensor Concatenate(
        IReadOnlyList<Tensor> rows,
        Func<Tensor, Tensor, Tensor> embed,
        Func<Tensor, Tensor> passOn
    )
    {
        var parts = new List<Tensor>();
        var next = 0;
        foreach (var field in fields)
        {
            parts.Add(
                field switch
                {
                    TokenField f => embed(Shares(f, tokens[next]), rows[next++]),
                    NumericField f => passOn(Numbers(f)),
                    _ => throw new ArgumentException($"Field '{field.Name}' is of an unknown kind."),
                }
            );
        }
        return cat([.. parts], -1);
    }

    // Share of each used row in each entity's mean, [U, T].
    private Tensor Shares(TokenField field, ImmutableArray<int> used)
    {
        var place = used.Select((token, i) => (token, i)).ToDictionary(x => x.token, x => x.i);
        var shares = new double[entities.Length * used.Length];
        for (var e = 0; e < entities.Length; e++)
        {
            var bag = field.Bag(entities[e]);
            foreach (var token in bag)
            {
                shares[e * used.Length + place[token]] += 1.0 / bag.Length;
            }
        }
        return Aligned.Of(shares, precision, entities.Length, used.Length);
    }

    private Tensor Numbers(NumericField field) =>
        Aligned.Of(entities.Select(e => field.Values[e]).ToArray(), precision, entities.Length, 1);
}

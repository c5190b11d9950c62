using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// The rows of the embedding tables of one side (items or users) that each user's own interactions touch, so that the
/// user can have a copy of these rows alone: all other rows have no gradient from the user's support.
/// </summary>
/// <param name="side">Prefix of the parameter names: <c>item</c> or <c>user</c>.</param>
/// <param name="fields">The fields, in the order of concatenation.</param>
/// <param name="precision">Floating-point type of the result.</param>
/// <param name="lists">Entities of each user; several lists (support and query) share a user's rows.</param>
public sealed class OwnRows(
    string side,
    ImmutableArray<InputField> fields,
    ScalarType precision,
    params ImmutableArray<EntityLists> lists
)
{
    private readonly ImmutableArray<UserTokens> tokens =
    [
        .. fields.OfType<TokenField>().Select(field => new UserTokens(field, lists)),
    ];

    /// <summary>Every user's rows of each token field, <c>[B, T, E]</c>, T the largest number that a user has.</summary>
    public IEnumerable<Tensor> Gather(IReadOnlyDictionary<string, Tensor> theta) =>
        tokens.Select(own =>
        {
            var table = theta[$"{side}.{own.Field.Name}"];
            return table.index_select(0, Aligned.Of(own.Padded())).view(own.Users, own.Longest, table.shape[1]);
        });

    /// <summary>The entities of one list as each user's rows have them, <c>[B, L, D]</c>; values at padding are undefined.</summary>
    /// <param name="rows">As <see cref="Gather"/> has them, adapted or not.</param>
    /// <param name="list">One of the lists.</param>
    public Tensor Encode(IReadOnlyList<Tensor> rows, EntityLists list)
    {
        var parts = new List<Tensor>();
        var next = 0;
        foreach (var field in fields)
        {
            parts.Add(
                field switch
                {
                    TokenField => tokens[next].Encode(rows[next++], list, precision),
                    NumericField f => Numbers(f, list),
                    _ => throw new ArgumentException($"Field '{field.Name}' is of an unknown kind."),
                }
            );
        }
        return parts.Count == 0 ? zeros([list.Users, list.Longest, 0], precision) : cat([.. parts], 2);
    }

    private Tensor Numbers(NumericField field, EntityLists list)
    {
        var values = new float[list.Users * list.Longest];
        for (var b = 0; b < list.Users; b++)
        {
            var entities = list[b];
            for (var i = 0; i < entities.Length; i++)
            {
                values[b * list.Longest + i] = field.Values[entities[i]];
            }
        }
        return Aligned.Of(values, precision, list.Users, list.Longest, 1);
    }

    // The distinct tokens of one field that each user touches, in the order of their first use.
    private sealed class UserTokens
    {
        private readonly ImmutableArray<Dictionary<int, int>> places;

        public UserTokens(TokenField field, ImmutableArray<EntityLists> lists)
        {
            Field = field;
            Users = lists[0].Users;
            places = [.. Enumerable.Range(0, Users).Select(b => Places(field, lists, b))];
            // At least one, so that no tensor is empty: the row of token 0, which no entity uses.
            Longest = Math.Max(1, places.Max(own => own.Count));
        }

        public TokenField Field { get; }

        public int Users { get; }

        public int Longest { get; }

        // Tokens of all users, padded by 0, [B·T].
        public long[] Padded()
        {
            var result = new long[Users * Longest];
            for (var b = 0; b < Users; b++)
            {
                foreach (var (token, place) in places[b])
                {
                    result[b * Longest + place] = token;
                }
            }
            return result;
        }

        // Means over the bags of a list, [B, L, E].
        public Tensor Encode(Tensor rows, EntityLists list, ScalarType precision) =>
            Field.IsSingle
                ? rows.reshape(Users * Longest, rows.shape[2])
                    .index_select(0, Aligned.Of(RowOfEach(list)))
                    .view(Users, list.Longest, rows.shape[2])
                : matmul(Fractions(list, precision), rows);

        // Place of each entity's only token among the rows of all users, [B·L]; padding points to the user's first row.
        private long[] RowOfEach(EntityLists list)
        {
            var result = new long[Users * list.Longest];
            for (var b = 0; b < Users; b++)
            {
                var entities = list[b];
                var cells = result.AsSpan(b * list.Longest, list.Longest);
                cells.Fill(b * Longest);
                for (var i = 0; i < entities.Length; i++)
                {
                    cells[i] += places[b][Field.Tokens[entities[i]]];
                }
            }
            return result;
        }

        // Fraction of each of the user's rows in the mean of each entity's bag, [B, L, T].
        private Tensor Fractions(EntityLists list, ScalarType precision)
        {
            var fractions = new double[Users * list.Longest * Longest];
            for (var b = 0; b < Users; b++)
            {
                var entities = list[b];
                for (var i = 0; i < entities.Length; i++)
                {
                    var bag = Field.Bag(entities[i]);
                    foreach (var token in bag)
                    {
                        fractions[(b * list.Longest + i) * Longest + places[b][token]] += 1.0 / bag.Length;
                    }
                }
            }
            return Aligned.Of(fractions, precision, Users, list.Longest, Longest);
        }

        private static Dictionary<int, int> Places(TokenField field, ImmutableArray<EntityLists> lists, int user)
        {
            var places = new Dictionary<int, int>();
            foreach (var list in lists)
            {
                foreach (var entity in list[user])
                {
                    foreach (var token in field.Bag(entity))
                    {
                        places.TryAdd(token, places.Count);
                    }
                }
            }
            return places;
        }
    }
}

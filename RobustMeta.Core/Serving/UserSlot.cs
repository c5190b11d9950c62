using System.Collections.Immutable;
using System.Runtime.InteropServices;
using RobustMeta.Experiments;
using RobustMeta.Models;

namespace RobustMeta.Serving;

/// <summary>
/// The user fields of a model that serves one user at a time: user 0, whose inputs are written before each prediction. Engines
/// read fields in place, so that an engine need not be made anew for every user. One thread at a time.
/// </summary>
internal sealed class UserSlot
{
    private readonly (int[] Starts, int[] Tokens, float[] Numbers)[] arrays;

    /// <summary>A slot.</summary>
    /// <param name="data">What the model sees.</param>
    public UserSlot(ServingData data)
    {
        arrays = [.. data.UserFeatures.Select(ArraysOf)];
        Schema = new(data.ItemFields, [.. data.UserFeatures.Select(FieldOf)], data.EmbeddingDim)
        {
            UserIdentity = new("id", data.UserRows, [0, 1], [0]),
            HasDrawnNegatives = data.HasDrawnNegatives,
            Exposure = data.UserExposure == 0 ? null : new(data.Items.Count, data.UserExposure),
        };
    }

    /// <summary>What the model sees: all items, and one user.</summary>
    public InputSchema Schema { get; }

    /// <summary>Takes the inputs of a user.</summary>
    public void Write(ReadOnlySpan<FieldInput> user)
    {
        for (var field = 0; field < arrays.Length; field++)
        {
            var (starts, tokens, numbers) = arrays[field];
            if (numbers.Length > 0)
            {
                numbers[0] = user[field].Number;
                continue;
            }
            user[field].Tokens.CopyTo(tokens, 0);
            starts[1] = user[field].Tokens.Length;
        }
    }

    // A bag has room for all tokens, and never looks like a field of one token each.
    private static (int[] Starts, int[] Tokens, float[] Numbers) ArraysOf(ServedFeature feature) =>
        feature switch
        {
            ServedTokens { IsBag: true } bag => ([0, 0], new int[Math.Max(2, UserBag.Longest(bag))], []),
            ServedTokens => ([0, 1], [0], []),
            _ => ([], [], [0]),
        };

    private InputField FieldOf(ServedFeature feature, int field)
    {
        var (starts, tokens, numbers) = arrays[field];
        return feature is ServedTokens { Texts.Length: var rows }
            ? new TokenField(
                feature.Name,
                rows,
                ImmutableCollectionsMarshal.AsImmutableArray(starts),
                ImmutableCollectionsMarshal.AsImmutableArray(tokens)
            )
            : new NumericField(feature.Name, ImmutableCollectionsMarshal.AsImmutableArray(numbers));
    }
}

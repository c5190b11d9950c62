using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// A vector of each item or user as the sum of one vector of each of its features (the mean of a bag's; a number times
/// the vector of its field): a linear map of all features. Its parameters are the tables <c>SIDE.FIELD [V, D]</c>, and
/// <c>SIDE.numbers [N, D]</c> for the numeric fields.
/// </summary>
/// <param name="side">Prefix of the parameter names.</param>
/// <param name="fields">The fields; none gives zeros.</param>
/// <param name="width">Width D.</param>
public sealed class FeatureSum(string side, ImmutableArray<InputField> fields, int width)
{
    private readonly FeatureEncoder tokens = new(side, [.. fields.OfType<TokenField>()], width);
    private readonly FeatureEncoder numbers = new(side, [.. fields.OfType<NumericField>()], width);
    private readonly int tokenFields = fields.OfType<TokenField>().Count();
    private readonly int numericFields = fields.OfType<NumericField>().Count();

    /// <summary>The tables.</summary>
    /// <param name="deviation">Standard deviation of their initial values.</param>
    public IEnumerable<ParameterShape> Shapes(double deviation) =>
        numericFields == 0
            ? tokens.Shapes(deviation)
            : tokens
                .Shapes(deviation)
                .Append(new($"{side}.numbers", [numericFields, width], InitialValue.Normal, deviation));

    /// <summary>Vectors of some entities, <c>[U, D]</c>.</summary>
    /// <param name="theta">Parameters by name.</param>
    /// <param name="entities">Dense indices of the entities, <c>[U]</c>.</param>
    /// <param name="precision">Floating-point type of the result.</param>
    public Tensor Encode(IReadOnlyDictionary<string, Tensor> theta, ImmutableArray<int> entities, ScalarType precision)
    {
        var sum = zeros([entities.Length, width], precision);
        if (tokenFields > 0)
        {
            sum = sum.Plus(tokens.Encode(theta, entities, precision).view(entities.Length, tokenFields, width).sum(1));
        }
        return numericFields == 0
            ? sum
            : sum.Plus(matmul(numbers.Encode(theta, entities, precision), theta[$"{side}.numbers"]));
    }
}

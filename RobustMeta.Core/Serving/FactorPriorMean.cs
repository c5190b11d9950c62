using System.Collections.Immutable;
using RobustMeta.Experiments;
using RobustMeta.Models;
using RobustMeta.Models.Factors;
using RobustMeta.Runtime;

namespace RobustMeta.Serving;

/// <summary>
/// Where a MetaPMF expects a user before looking at any label: by features, by the choice of the rated items, and by exposure
/// where the model's prior is informed by it.
/// </summary>
/// <param name="data">What the model sees.</param>
/// <param name="parameters">Its parameters.</param>
/// <param name="items">Its items.</param>
/// <param name="exposureRank">Length of the exposure vectors; 0 where the prior has none.</param>
internal sealed class FactorPriorMean(ServingData data, ParameterSet parameters, FactorItems items, int exposureRank)
{
    private readonly TokenField? identity = data
        .ItemFields.OfType<TokenField>()
        .FirstOrDefault(field => field.Name == "id");

    private readonly ImmutableArray<ServedFeature> features = data.UserFeatures;

    /// <summary>The mean of a user's prior, <c>[K]</c>.</summary>
    /// <param name="user">Inputs of the user's features.</param>
    /// <param name="rated">Items of the support.</param>
    /// <param name="labels">Their labels; of drawn negatives they say which the user met.</param>
    public double[] Of(ReadOnlySpan<FieldInput> user, ReadOnlySpan<int> rated, ReadOnlySpan<float> labels)
    {
        var mean = new double[items.Order];
        AddFeatures(user, mean);
        if (rated.Length > 0)
        {
            AddChoice(rated, mean);
        }
        if (exposureRank > 0)
        {
            AddExposure(data.HasDrawnNegatives ? Positives(rated, labels) : rated, mean);
        }
        return mean;
    }

    private void AddFeatures(ReadOnlySpan<FieldInput> user, double[] mean)
    {
        var number = 0;
        for (var field = 0; field < features.Length; field++)
        {
            if (features[field] is ServedTokens)
            {
                FactorTables.Add(parameters[$"user.{features[field].Name}"].Values, user[field].Tokens, mean);
            }
            else
            {
                FactorTables.Add(parameters["user.numbers"].Values, number++, user[field].Number, mean);
            }
        }
    }

    private void AddChoice(ReadOnlySpan<int> rated, double[] mean)
    {
        var average = new double[items.Order + 1];
        foreach (var item in rated)
        {
            DenseVector.AddScaled(average, 1.0 / rated.Length, items.Whole(item));
        }
        var map = parameters["choice"].Values;
        for (var k = 0; k < average.Length; k++)
        {
            FactorTables.Add(map, k, average[k], mean);
        }
    }

    private static int[] Positives(ReadOnlySpan<int> rated, ReadOnlySpan<float> labels)
    {
        var positives = new List<int>();
        for (var j = 0; j < rated.Length; j++)
        {
            if (labels[j] > 0)
            {
                positives.Add(rated[j]);
            }
        }
        return [.. positives];
    }

    // Before any rating the sum is empty, and its size counts as one: no task of training was smaller.
    private void AddExposure(ReadOnlySpan<int> rated, double[] mean)
    {
        var sum = new double[exposureRank];
        var size = Math.Max(1, rated.Length);
        foreach (var item in rated)
        {
            var token = identity!.Bag(item)[0];
            FactorTables.Add(parameters["exposure.id"].Values, token, 1 / Math.Sqrt(size), sum);
        }
        var map = parameters["exposure.map"].Values;
        for (var k = 0; k < exposureRank; k++)
        {
            FactorTables.Add(map, k, sum[k], mean);
        }
        FactorTables.Add(map, exposureRank, Math.Log(size / ExposureDraws.UsualSupport), mean);
        FactorTables.Add(parameters["exposure.constant"].Values, 0, 1, mean);
    }
}

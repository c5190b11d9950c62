using RobustMeta.Experiments;
using RobustMeta.Models;

namespace RobustMeta.Serving;

/// <summary>The items of a MetaPMF as numbers: means, vectors and how unsure those are.</summary>
internal sealed class FactorItems
{
    private readonly double[] vectors;
    private readonly double[] spreads;

    /// <summary>The items of a trained model.</summary>
    /// <param name="data">What the model sees.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="order">Length K of a user's vector.</param>
    public FactorItems(ServingData data, ParameterSet parameters, int order)
    {
        Order = order;
        var width = order + 1;
        var logSpread = parameters["logSpread"].Values;
        var identity = data.ItemFields.OfType<TokenField>().FirstOrDefault(field => field.Name == "id");
        vectors = new double[data.Items.Count * width];
        spreads = new double[vectors.Length];
        for (var item = 0; item < data.Items.Count; item++)
        {
            FactorTables.Add("item", data.ItemFields, parameters, item, vectors.AsSpan(item * width, width));
            var spread = spreads.AsSpan(item * width, width);
            FactorTables.Add(logSpread, 0, 1, spread);
            if (identity is not null)
            {
                FactorTables.Add(parameters["spread.id"].Values, identity.Bag(item), spread);
            }
            foreach (ref var x in spread)
            {
                x = Math.Exp(x);
            }
        }
        Choice = [.. vectors];
        // The user's level enters every score with slope one, and what the item adds to it.
        for (var at = 1; at < vectors.Length; at += width)
        {
            vectors[at]++;
        }
    }

    /// <summary>Length K of a user's vector.</summary>
    public int Order { get; }

    private double[] Choice { get; }

    /// <summary>Mean of an item.</summary>
    public double Mean(int item) => vectors[item * (Order + 1)];

    /// <summary>What an item's score takes of a user's vector, <c>[K]</c>.</summary>
    public ReadOnlySpan<double> Vector(int item) => vectors.AsSpan(item * (Order + 1) + 1, Order);

    /// <summary>The whole vector as the sum of features, <c>[K + 1]</c>, which says something of those who choose it.</summary>
    public ReadOnlySpan<double> Whole(int item) => Choice.AsSpan(item * (Order + 1), Order + 1);

    /// <summary>Variance of each element of <see cref="Vector"/>, <c>[K]</c>.</summary>
    public ReadOnlySpan<double> Spread(int item) => spreads.AsSpan(item * (Order + 1) + 1, Order);

    /// <summary>Variance of the mean.</summary>
    public double MeanSpread(int item) => spreads[item * (Order + 1)];
}

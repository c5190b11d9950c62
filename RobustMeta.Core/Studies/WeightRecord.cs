namespace RobustMeta.Studies;

/// <summary>A learned weight beside what it could depend on.</summary>
/// <param name="Weight">The weight relative to a uniform one: 1 as in plain training.</param>
/// <param name="Count">
/// Of a user: number of the query interactions. Of an interaction: number of training users whose query has the item.
/// </param>
/// <param name="Loss">Loss at the same epoch's parameters: of the interaction, or the mean over the user's query.</param>
public sealed record WeightRecord(double Weight, int Count, double Loss);

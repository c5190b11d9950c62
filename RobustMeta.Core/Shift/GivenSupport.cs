using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Exposure that was really randomised: the support of a test user is what the user rated of items shown at random, from a file
/// of its own (Yahoo! R3: Marlin and Zemel, RecSys 2009; Coat: Schnabel et al., ICML 2016); queries are the split's. Test set 0
/// (axis <c>given</c>) has the split's supports, for comparison, test set 1 the given ones, at most as long. Given ratings of a
/// user-item pair that the data hold are left out.
/// </summary>
public sealed class GivenSupport : FixedSets
{
    /// <inheritdoc/>
    public override string Name => "givenSupport";

    /// <inheritdoc/>
    public override string Meaning =>
        "supports of the test users from a file of their own, e.g. ratings of randomly shown items; queries are the split's";

    /// <inheritdoc/>
    public override string AxisName => "given";

    /// <summary>The ratings of the supports: a data set of the catalog, or a file of ratings.</summary>
    [Setting("the ratings that supports are made of: a data set of the catalog, or a file of ratings")]
    public string SupportData { get; init; } = "";

    /// <inheritdoc/>
    protected override IReadOnlyList<FixedSet> Candidates(ShiftInput input)
    {
        var given = GivenRatings.Of(input, nameof(SupportData), SupportData, 1);
        var ofUser = given.Tasks.ToDictionary(task => task.User, task => task.Query);
        UserTask[] tasks =
        [
            .. input.Split.Test.Select(task =>
                task with
                {
                    Support = [.. ofUser.GetValueOrDefault(task.User, []).Take(task.Support.Length)],
                }
            ),
        ];
        var popularity = ItemPopularities.Logarithms(input.Source, input.Split.MetaTrain);
        double[] Popularities(IEnumerable<UserTask> all) =>
            [.. all.SelectMany(task => task.Support).Select(row => popularity[given.Source!.Ratings.ItemIndex[row]])];
        var own = Popularities(tasks);
        return
        [
            new(0, input.Split.Test),
            given with
            {
                Tasks = tasks,
                Interactions = own.Length == 0 ? null : BinnedDivergence.Of(own, Popularities(input.Split.Test)),
            },
        ];
    }
}

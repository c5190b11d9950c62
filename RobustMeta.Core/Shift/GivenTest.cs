using RobustMeta.Data;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// Test ratings that come from elsewhere than those of training: chosen items in training and randomly shown ones in the test
/// (Marlin and Zemel, RecSys 2009; Schnabel et al., ICML 2016), or another period or country. Test set 0 (axis <c>given</c>)
/// holds the split's test users, for comparison, test set 1 the given ratings. Users may be in both; the support of a user is
/// that of the user's task in the split, whichever part it is in. Given ratings of a user-item pair that the data hold are
/// left out: training may have seen them.
/// </summary>
public sealed class GivenTest : FixedSets, IGivesValidation
{
    /// <inheritdoc/>
    public override string Name => "givenTest";

    /// <inheritdoc/>
    public override string Meaning =>
        "test (and validation) ratings from files of their own, e.g. of randomly shown items";

    /// <inheritdoc/>
    public override string AxisName => "given";

    /// <summary>The test ratings: a data set of the catalog, or a file of ratings.</summary>
    [Setting("the test ratings: a data set of the catalog, or a file of ratings")]
    public string TestData { get; init; } = "";

    /// <summary>The validation ratings, likewise; empty: the split's validation users.</summary>
    [Setting("ratings that epochs are chosen by, likewise; none: the split's validation users")]
    public string ValidationData { get; init; } = NoData;

    private const string NoData = "none";

    /// <inheritdoc/>
    public ShiftedTestSet? Validation(ShiftInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return ValidationData == NoData
            ? null
            : Measured(input, [GivenRatings.Of(input, nameof(ValidationData), ValidationData, 1)])[0];
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<FixedSet> Candidates(ShiftInput input) =>
        [new(0, input.Split.Test), GivenRatings.Of(input, nameof(TestData), TestData, 1)];
}

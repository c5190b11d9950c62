namespace RobustMeta.Models.Baselines;

/// <summary>A fitted collaborative model that takes a new user's profile as it comes ("folds it in").</summary>
public interface IProfileModel
{
    /// <summary>Outputs for some items; 0 for those that no training user rated.</summary>
    /// <param name="profile">What is known of the user.</param>
    /// <param name="items">Dense item indices.</param>
    double[] Score(Profile profile, ReadOnlySpan<int> items);
}

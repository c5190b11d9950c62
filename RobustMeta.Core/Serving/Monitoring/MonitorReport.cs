using RobustMeta.Experiments;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Shift.Diagnosis;

namespace RobustMeta.Serving.Monitoring;

/// <summary>How far the users who arrive now are from those that a model was trained on, and what that may cost at worst.</summary>
/// <param name="Diagnosis">At which level they differ, by which features, and which protocol makes a shift like it.</param>
/// <param name="Radius">How far the populations of users are apart.</param>
/// <param name="Losses">Losses of the run's test users, certified at the radius.</param>
public sealed record MonitorReport(ShiftDiagnosis Diagnosis, RealisedRadius Radius, IReadOnlyList<CertifiedLoss> Losses)
{
    private const int FewestUsers = 10;

    /// <summary>Compares the users who arrive with those of a run.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prepared">The data that it was trained on.</param>
    /// <param name="arrivals">The users.</param>
    /// <exception cref="SettingException">The data are others, or there are fewer than ten users to compare.</exception>
    public static MonitorReport Of(ColdStartModel model, PreparedExperiment prepared, Arrivals arrivals)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(arrivals);
        Evidence.RequireData(model, prepared);
        if (arrivals.Users.Count < FewestUsers)
        {
            throw new SettingException(
                $"{Counted.Of(arrivals.Users.Count, "user has", "users have")} {Arrivals.FewestRatings} ratings or more of items that the model knows; "
                    + $"at least {FewestUsers} are needed to compare populations. Collect more users first."
            );
        }
        var comparison = new ArrivalComparison(prepared, arrivals);
        var radius = RealisedRadius.Of(comparison.Input, comparison.Arrived);
        var losses = new MonitoredLosses(model, prepared);
        return new(
            ShiftDiagnosis.Of(comparison.Input, comparison.Arrived),
            radius,
            [
                CertifiedLoss.Certify("as evaluated", losses.AsEvaluated(), radius, null),
                CertifiedLoss.Certify(
                    "with as many ratings as now",
                    losses.Halved(comparison),
                    radius,
                    losses.Halved(comparison, arrivals).Average()
                ),
            ]
        );
    }
}

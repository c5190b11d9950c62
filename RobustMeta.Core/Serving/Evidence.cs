using RobustMeta.Data;
using RobustMeta.Experiments;
using RobustMeta.Models;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>
/// The items whose ratings tell most about a new user, to ask for in an onboarding: evidence candidates as in MeLU (Lee et al.,
/// KDD 2019, section 5), information times popularity.
/// </summary>
public static class Evidence
{
    /// <summary>
    /// All items, those that tell most first. For an adapting perceptron such as MeLU information is the mean over the training
    /// ratings of the norm of the gradient that the adaptation descends on; for MetaPMF it is the information gain
    /// <c>½ ln(1 + c qᵀVq)</c> about a user of whom nothing is known, with the prior's covariance V and the precision c of a rating.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prepared">The data that it was trained on.</param>
    /// <exception cref="SettingException">The model has neither form, or the data are others.</exception>
    public static IReadOnlyList<EvidenceItem> Of(ColdStartModel model, PreparedExperiment prepared)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prepared);
        RequireData(model, prepared);
        var information = Information(model, prepared);
        var counts = model.Data.Statistics.Counts;
        var most = Math.Max(1, counts.Max());
        return
        [
            .. Enumerable
                .Range(0, model.Items.Count)
                .Select(item =>
                {
                    var popularity = counts[item] / most;
                    return new EvidenceItem(
                        model.Items[item],
                        information[item] * popularity,
                        information[item],
                        popularity
                    );
                })
                .OrderByDescending(item => item.Value),
        ];
    }

    /// <summary>Refuses data that a model was not trained on.</summary>
    internal static void RequireData(ColdStartModel model, PreparedExperiment prepared)
    {
        if (prepared.Fingerprint is var found && found != model.Fingerprint)
        {
            throw new SettingException(
                $"The data set {prepared.Spec.Dataset} has the fingerprint {found} here; the model was trained on data with "
                    + $"{model.Fingerprint}. Take the files that it was trained on, or make the run again."
            );
        }
    }

    private static double[] Information(ColdStartModel model, PreparedExperiment prepared)
    {
        if (model.Served is FactorModel factors)
        {
            var unknown = (FactorUser)factors.Adapt(new UserEncoder(model.Data.UserFeatures).Encode(None, []), [], []);
            // At a score of zero the logistic bound has a quarter of the curvature of half the squared error.
            var count = factors.Count * (model.Label == LabelKind.Click ? 0.25 : 1);
            return
            [
                .. Enumerable.Range(0, model.Items.Count).Select(i => 0.5 * Math.Log(1 + count * unknown.Variance(i))),
            ];
        }
        return model.Gradients(prepared) is { } gradients
            ? gradients.Mean(prepared)
            : throw new SettingException(
                $"{model.Spec.Method.Name} has no evidence candidates: they are defined for adapting perceptrons without a "
                    + "context, such as MeLU and ANIL, and for MetaPMF."
            );
    }

    private static readonly Dictionary<string, string> None = [];
}

namespace RobustMeta.Training;

/// <summary>Signs in a history that training did not work.</summary>
public static class TrainingWarnings
{
    // A loss that moved by less, relative to where it began, did not move.
    private const double Still = 1e-3;

    // A loss that grew to so many times its smallest value diverges, though it is finite.
    private const double Grown = 1.5;

    /// <summary>A sentence a sign, with the settings to look at; none where all is well.</summary>
    /// <param name="training">A finished training.</param>
    /// <param name="criterion">Name of what the best epoch was chosen by.</param>
    /// <param name="pretraining">Epochs of the phases before the last, whose losses are of another kind.</param>
    /// <param name="startsFitted">Whether training began at a fit, which it may leave as it is.</param>
    public static IReadOnlyList<string> Of(
        TrainingResult training,
        string criterion,
        int pretraining = 0,
        bool startsFitted = false
    )
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(criterion);
        var losses = training.History.Skip(pretraining).Select(epoch => epoch.MeanLoss).ToList();
        var found = new List<string>();
        if (losses.Count == 0)
        {
            return found;
        }
        if (training.BestEpoch == 0)
        {
            found.Add(
                $"no epoch was better than the start by {criterion} on validation, so the results are those of the "
                    + (
                        startsFitted
                            ? "fit in closed form that the training started from."
                            : "values the training started from. Try another lr or localLr, or more epochs."
                    )
            );
        }
        if (!startsFitted && losses.Count > 1 && losses.Max() - losses.Min() < Still * Math.Abs(losses[0]))
        {
            found.Add(
                FormattableString.Invariant(
                    $"the training loss did not move ({losses[0]:F4} in the first epoch, {losses[^1]:F4} in the last). "
                ) + "Raise lr, or take optimizer adam."
            );
        }
        else if (losses[^1] > Grown * losses.Min())
        {
            found.Add(
                FormattableString.Invariant(
                    $"the training loss grew from {losses.Min():F4} to {losses[^1]:F4}: a sign of divergence. "
                ) + "Lower lr or localLr, or set clip 1."
            );
        }
        return found;
    }
}

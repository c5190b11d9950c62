namespace RobustMeta.Studies;

/// <summary>
/// Chooses a candidate by asking for values of candidates and being told them. Deterministic: the same values told in the
/// same order give the same questions and the same choice.
/// </summary>
public interface ITuner
{
    /// <summary>The candidates to measure next, which may run side by side; none where the choice is made.</summary>
    IReadOnlyList<TuningTrial> Ask();

    /// <summary>Tells what a candidate is worth on the validation users.</summary>
    /// <param name="trial">A candidate that was asked for.</param>
    /// <param name="value">Its value; NaN where training diverged, or the method has no value to select by.</param>
    /// <param name="time">What the run took, where the budget is one of time.</param>
    void Tell(TuningTrial trial, double value, TimeSpan time = default);

    /// <summary>The choice; null while a question is open.</summary>
    Tuning? Result { get; }
}

using System.Collections.Immutable;
using RobustMeta.Evaluation;
using RobustMeta.Settings;
using RobustMeta.Shift;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>
/// What the best epoch is chosen by: the validation metric, on the validation users as they are or on validation sets that are
/// shifted as the test sets are, by a <see cref="SelectionRule"/>.
/// </summary>
internal sealed class ValidationSets
{
    private readonly Evaluator evaluator;
    private readonly SelectionRule rule;
    private readonly ImmutableArray<(ImmutableArray<UserTask> Tasks, TaskSource? Source)> sets;

    /// <summary>Makes the sets.</summary>
    /// <param name="spec">The experiment.</param>
    /// <param name="input">Ratings and split.</param>
    /// <exception cref="SettingException">The data do not allow it; the message says which setting would.</exception>
    /// <exception cref="SettingException">The shift has no validation sets of its own.</exception>
    public ValidationSets(ExperimentSpec spec, ShiftInput input)
    {
        Metric = spec.Evaluation.SelectionFor(spec.Split.Label);
        rule = SelectionRule.Parse(spec.Evaluation.SelectBy);
        evaluator = new(input.Source, [Metric], new CandidateRule((int?)null), spec.Seed);
        // Own interactions alone are ranked here, whatever the candidates of the test.
        var labelled = input with
        {
            MinimumCandidates = Metric.Cutoff + 1,
            UnseenCandidates = 0,
        };
        sets =
            rule.OnShiftedSets ? [.. Shifted(spec.Shift, labelled).Select(set => (set.Tasks, set.Source))]
            : (spec.Shift as IGivesValidation)?.Validation(labelled) is { } given ? [(given.Tasks, given.Source)]
            : [(LongEnough(input.Split.Validation), null)];
        // The mean is called by the metric's name alone.
        Criterion = new(
            rule == SelectionRule.Mean ? Metric.Name : $"{rule} {Metric.Name}",
            Metric.HigherIsBetter,
            Value
        );
    }

    /// <summary>The metric.</summary>
    public Metric Metric { get; }

    /// <summary>Where the labels of each set come from, where they are not those of the data.</summary>
    public IEnumerable<TaskSource?> Sources => sets.Select(set => set.Source);

    /// <summary>What the best epoch is chosen by.</summary>
    public ValidationCriterion Criterion { get; }

    /// <summary>Validation tasks that are too short for the metric and are left out.</summary>
    public int LeftOut { get; private set; }

    private ImmutableArray<UserTask> LongEnough(ImmutableArray<UserTask> validation)
    {
        ImmutableArray<UserTask> tasks = [.. validation.Where(t => t.Query.Length > Metric.Cutoff)];
        LeftOut = validation.Length - tasks.Length;
        return tasks.IsEmpty
            ? throw new SettingException(
                $"No validation task has a query of more than {Metric.Cutoff} interactions, which {Metric.Name} "
                    + $"needs. Set queryLength {Metric.Cutoff + 1} or more, lower supportSize so that more ratings are left for the "
                    + $"query, or choose a smaller cut-off: selection {Metric.Kind}@{Math.Max(1, validation.Max(t => t.Query.Length) - 1)}."
            )
            : tasks;
    }

    private static ImmutableArray<ShiftedTestSet> Shifted(ShiftProtocol shift, ShiftInput input) =>
        // Sets that are held out of training, or given, are the test's own: choosing by them would be choosing by the test.
        shift is IHoldsOut or IGivesValidation
            ? throw new SettingException(
                $"selectBy worst needs a shift that makes validation sets of validation users, such as exponentialTilt; "
                    + $"{shift.Name} has test sets alone. Take selectBy mean or cvar 0.1."
            )
            : shift.TestSets(input with { Split = input.Split with { Test = input.Split.Validation } });

    private double Value(IPredictor predictor) =>
        SelectionRule.WorstOf(
            sets.Select(
                (set, number) =>
                {
                    var rows = evaluator.Evaluate(predictor, number, set.Tasks, set.Source);
                    return rows.Count > 0
                        ? rule.Of([.. rows.Select(row => row.Value)], Metric.HigherIsBetter)
                        : throw new SettingException(
                            $"{Metric.Name} is undefined for every validation task (none has a positive): "
                                + "move labelThreshold or choose another selection metric."
                        );
                }
            ),
            Metric.HigherIsBetter
        );
}

using RobustMeta.Settings;

namespace RobustMeta.Tasks;

/// <summary>How ratings become tasks: who trains, who tests, and what each task's support and query are.</summary>
public sealed record TaskSplitSpec : ISpec
{
    /// <summary>What is predicted.</summary>
    [Setting("click (rating reaches the threshold; BCE with logits) or rating (squared error)")]
    public LabelKind Label { get; init; } = LabelKind.Click;

    /// <summary>Smallest rating that counts as relevant; NaN takes the data set's own.</summary>
    [Setting("smallest rating that is relevant; unless given, the data set's own")]
    public double LabelThreshold { get; init; } = double.NaN;

    /// <summary>What one task is.</summary>
    [Setting("user: a task is a user; item: a task is an item, learned from the users who rated it (cold-start items)")]
    public TaskKind TaskOf { get; init; } = TaskKind.User;

    /// <summary>How support and query are divided.</summary>
    [Setting(
        "halfUpTo: support min(supportSize, n/2), query the rest; allButQuery: query queryLength, support the rest"
    )]
    public SupportRule SupportRule { get; init; } = SupportRule.HalfUpTo;

    /// <summary>Largest support under <see cref="SupportRule.HalfUpTo"/>.</summary>
    [Setting("largest support set (supportRule halfUpTo)", Min = 1, Max = 100_000)]
    public int SupportSize { get; init; } = 20;

    /// <summary>Longest query of a training or validation task; the exact one under AllButQuery.</summary>
    [Setting("longest query of a training task; with allButQuery the length of every query", Min = 1, Max = 100_000)]
    public int QueryLength { get; init; } = 30;

    /// <summary>Longest pool that the query sets of a test user are drawn from, under HalfUpTo.</summary>
    [Setting("longest pool that a test user's queries are drawn from (supportRule halfUpTo)", Min = 1, Max = 100_000)]
    public int PoolLength { get; init; } = 100;

    /// <summary>Users with fewer ratings are dropped.</summary>
    [Setting("users with fewer ratings are dropped", Min = 2, Max = 1_000_000)]
    public int MinRatings { get; init; } = 20;

    /// <summary>Users with more ratings are dropped.</summary>
    [Setting("users with more ratings are dropped", Min = 2, Max = 100_000_000)]
    public int MaxRatings { get; init; } = 1_000_000;

    /// <summary>Negatives drawn for each positive of data without ratings; NaN draws four where they are needed.</summary>
    [Setting(
        "negatives drawn for each positive of data without ratings; unless given, 4 where they are needed",
        Max = 1000
    )]
    public double Negatives { get; init; } = double.NaN;

    /// <summary>Exponent of the popularity that negatives are drawn in proportion to; 0 is uniform.</summary>
    [Setting("negatives are drawn in proportion to popularity^this; 0 is uniform", Min = 0, Max = 4)]
    public double NegativePopularity { get; init; }

    /// <summary>Whether training tasks keep their negatives or get others in each epoch.</summary>
    [Setting("negatives of training tasks: fixed, or fresh in each epoch (data without ratings)")]
    public NegativeDraw NegativeDraw { get; init; }

    /// <summary>Cap on the number of users that are loaded (the paper's userNum), drawn by seed.</summary>
    [Setting("cap on the number of users, drawn by seed", Min = 3, Max = 100_000_000)]
    public int UserNum { get; init; } = 20_000;

    /// <summary>Fraction of users for validation.</summary>
    [Setting("fraction of the users for validation", Min = 0.01, Max = 0.5)]
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>Fraction of users for testing.</summary>
    [Setting("fraction of the users for testing", Min = 0.01, Max = 0.9)]
    public double TestFraction { get; init; } = 0.1;

    /// <summary>The rule of the MeLU paper (Lee et al., KDD 2019): 13..100 ratings, ten of them the query.</summary>
    public static TaskSplitSpec Melu { get; } =
        new()
        {
            SupportRule = SupportRule.AllButQuery,
            QueryLength = 10,
            MinRatings = 13,
            MaxRatings = 100,
        };
}

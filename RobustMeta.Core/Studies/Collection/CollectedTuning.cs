using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RobustMeta.Studies.Search;

namespace RobustMeta.Studies.Collection;

/// <summary>A choice of tuning as a collected file has it, beside the runs that were made with it.</summary>
/// <param name="Stage">What was asked: settings, candidates or search, and seeds. A choice among others is not taken.</param>
/// <param name="Value">The value that was chosen.</param>
/// <param name="Candidates">Each candidate.</param>
/// <param name="Values">The value of each on the validation users; NaN: diverged.</param>
internal sealed record CollectedTuning(
    string Stage,
    string Value,
    IReadOnlyList<string> Candidates,
    IReadOnlyList<double> Values
)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The text of a choice; null where there is nothing to tune.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="key">The stage.</param>
    /// <param name="tuning">What was chosen.</param>
    public static string? Text(StudySpec spec, TuningKey key, Tuning? tuning) =>
        tuning is not null && spec.ChoiceOf(key).IsTuned
            ? JsonSerializer.Serialize(
                new CollectedTuning(
                    StageOf(spec, key),
                    tuning.Value,
                    [.. tuning.Candidates.Select(candidate => candidate.Candidate)],
                    [.. tuning.Candidates.Select(candidate => candidate.Value)]
                ),
                Options
            )
            : null;

    /// <summary>The choice of a text; null where it was made among other candidates than those of the study.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="key">The stage.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="JsonException">It is no such text.</exception>
    public static Tuning? Read(StudySpec spec, TuningKey key, string text) =>
        JsonSerializer.Deserialize<CollectedTuning>(text, Options) is { } found && found.Stage == StageOf(spec, key)
            ? new(found.Value, [.. found.Candidates.Zip(found.Values)])
            : null;

    private static string StageOf(StudySpec spec, TuningKey key)
    {
        var choice = spec.ChoiceOf(key);
        var how = choice.Search is { } search
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{search.Tuner}, {search.Budget.Title}, parallel {search.Parallel}"
            )
            : string.Join(", ", choice.Values);
        return $"{string.Join(", ", choice.Keys)}: {how}; seeds {string.Join(", ", spec.TuningSeeds)}";
    }
}

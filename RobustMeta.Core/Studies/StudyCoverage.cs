using RobustMeta.Runtime;

namespace RobustMeta.Studies;

/// <summary>How many of a study's reported runs are there, and which runs are damaged; filled while the runs are read.</summary>
public sealed class StudyCoverage
{
    private readonly SortedDictionary<string, string> damaged = new(StringComparer.Ordinal);

    /// <summary>Number of runs that the study reports.</summary>
    public int Planned { get; private set; }

    /// <summary>Number of those that are finished and whole.</summary>
    public int Finished { get; private set; }

    /// <summary>What is wrong with each damaged run, by its folder; runs that tuning chooses by among them.</summary>
    public IReadOnlyDictionary<string, string> Damaged => damaged;

    /// <summary>How many there are, e.g. <c>3 of 4 runs</c>, or <c>4 runs</c> where none is missing.</summary>
    public string Runs => $"{(Finished == Planned ? "" : $"{Finished} of ")}{Counted.Of(Planned, "run", "runs")}";

    /// <summary>Counts a reported run.</summary>
    /// <param name="isFinished">Whether it is finished and whole.</param>
    internal void Count(bool isFinished)
    {
        Planned++;
        Finished += isFinished ? 1 : 0;
    }

    /// <summary>Notes a run where it is damaged.</summary>
    /// <returns>The same.</returns>
    internal RunOutcome Noted(RunOutcome outcome)
    {
        if (outcome.State == RunState.Damaged)
        {
            damaged[outcome.Folder.Path] = outcome.Reason!;
        }
        return outcome;
    }
}

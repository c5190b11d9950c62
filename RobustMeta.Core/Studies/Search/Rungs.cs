using RobustMeta.Settings;

namespace RobustMeta.Studies.Search;

/// <summary>
/// The epochs at which trials are compared: from the fewest, each rung η times the one before, up to the epochs of a whole training. A trial
/// is promoted by training it for more epochs, which repeats the first ones bit for bit.
/// </summary>
internal sealed class Rungs
{
    private readonly int factor;
    private readonly List<(string Value, int Number, int Rung)> entries = [];

    public Rungs(int least, int most, int factor)
    {
        if (factor < 2 || least < 1 || least > most)
        {
            throw new SettingException(
                $"Rungs from {least} to {most} epochs with a factor of {factor}; expected at least 1 epoch, no more than the "
                    + "training has, and a factor of at least 2"
            );
        }
        this.factor = factor;
        var epochs = new List<int>();
        for (long e = least; e < most; e *= factor)
        {
            epochs.Add((int)e);
        }
        Epochs = [.. epochs, most];
    }

    public IReadOnlyList<int> Epochs { get; }

    public int Top => Epochs.Count - 1;

    /// <summary>Number of trials that were put on a rung.</summary>
    public int Count(int rung) => entries.Count(entry => entry.Rung == rung);

    public TuningTrial Put(string value, int rung, int number)
    {
        entries.Add((value, number, rung));
        return new(value, number, Epochs[rung]);
    }

    /// <summary>The rung of the trial with a number.</summary>
    public int Of(int number) => entries.First(entry => entry.Number == number).Rung;

    /// <summary>Whether a trial whose value is known goes on to the next rung: it is not on the top one, and among the best of its own.</summary>
    public bool GoesOn(TuningTrial trial, IReadOnlyList<(TuningTrial Trial, double Loss)> known) =>
        Of(trial.Number) is var rung && rung < Top && Best(rung, known).Contains(trial);

    /// <summary>The best trial of a rung that is not promoted yet; null where there is none.</summary>
    public string? Promotable(int rung, IReadOnlyList<(TuningTrial Trial, double Loss)> known)
    {
        // A point that was drawn twice is promoted as often as it is among the best.
        var promoted = entries.Where(e => e.Rung == rung + 1).Select(e => e.Value).ToList();
        return Best(rung, known).Select(trial => trial.Value).FirstOrDefault(value => !promoted.Remove(value));
    }

    /// <summary>
    /// The best 1/η of the trials known on a rung, or the best one where they are fewer than η; ties go to the earlier one, and diverged
    /// trials are never among them.
    /// </summary>
    private IEnumerable<TuningTrial> Best(int rung, IReadOnlyList<(TuningTrial Trial, double Loss)> known)
    {
        var here = known.Where(k => Of(k.Trial.Number) == rung).OrderBy(k => k.Loss).ToArray();
        return here.Take(Math.Max(1, here.Length / factor)).Where(k => double.IsFinite(k.Loss)).Select(k => k.Trial);
    }
}

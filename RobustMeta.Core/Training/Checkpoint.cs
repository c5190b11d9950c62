using System.Diagnostics;
using RobustMeta.Models;
using RobustMeta.Robustness;

namespace RobustMeta.Training;

/// <summary>
/// The state of a training on disk, so that an interrupted run goes on where it was and ends with the same bytes as an
/// uninterrupted one. The last two states are kept, each with its SHA-256: where one is damaged, it is set aside and the one
/// before it is taken.
/// </summary>
/// <param name="path">File to save to and to look for.</param>
/// <param name="identity">Hash of everything that determines the run; a file of another run is refused.</param>
/// <param name="interval">Shortest time between saves.</param>
public sealed class Checkpoint(string path, string identity, TimeSpan interval)
{
    private readonly string path = path ?? throw new ArgumentNullException(nameof(path));
    private readonly string identity = identity ?? throw new ArgumentNullException(nameof(identity));
    private readonly Stopwatch sinceSave = Stopwatch.StartNew();
    private SafetensorsFile? unsaved;

    /// <summary>Is told what a user should know: that a file was damaged, and what is done about it.</summary>
    public Action<string>? Tell { get; init; }

    /// <summary>
    /// Whether the last state is saved too, so that a training that is one of several of a run is not repeated when a later
    /// one is interrupted.
    /// </summary>
    public bool KeepsEnd { get; init; }

    /// <summary>
    /// File of the end of a shorter training of the same run and identity; null: there is none. Training continues from it where this
    /// checkpoint has saved nothing yet, with the same bytes as from the start where nothing depends on the number of epochs.
    /// </summary>
    public string? ShorterTraining { get; init; }

    /// <summary>The same without a shorter training to go on from, for what depends on the number of epochs.</summary>
    public Checkpoint FromStart() =>
        ShorterTraining is null ? this : new(path, identity, interval) { KeepsEnd = KeepsEnd, Tell = Tell };

    /// <summary>The checkpoint of one of several trainings of the same run, in a file beside this one.</summary>
    /// <param name="part">Name of the training, fit for a file's name.</param>
    public Checkpoint Of(string part) =>
        new(
            Path.Combine(
                Path.GetDirectoryName(path) ?? "",
                $"{Path.GetFileNameWithoutExtension(path)}-{part}{Path.GetExtension(path)}"
            ),
            $"{identity} {part}",
            interval
        )
        {
            KeepsEnd = true,
            Tell = Tell,
        };

    /// <summary>Takes the state after a whole epoch, and saves it when the interval has passed.</summary>
    public void Keep(TrainingState state, ParameterSet parameters, Optimizer optimizer, Reweighter reweighter)
    {
        unsaved = CheckpointContent.Of(identity, state, parameters, optimizer, reweighter);
        if (sinceSave.Elapsed >= interval)
        {
            SaveKept();
        }
    }

    /// <summary>Saves the state that was last taken, if it is not saved yet.</summary>
    public void SaveKept()
    {
        if (unsaved is null)
        {
            return;
        }
        if (File.Exists(path))
        {
            File.Move(path, Before, overwrite: true);
        }
        unsaved.SaveSealed(path);
        unsaved = null;
        sinceSave.Restart();
    }

    private string Before => $"{path}.before";

    /// <summary>Puts a saved state back, or returns null when nothing is saved, or nothing whole.</summary>
    /// <exception cref="InvalidDataException">The file is of another run, or of a version that saves other arrays.</exception>
    public TrainingState? Load(ParameterSet parameters, Optimizer optimizer, Reweighter reweighter)
    {
        foreach (var candidate in new[] { path, Before, ShorterTraining }.OfType<string>().Where(File.Exists))
        {
            if (LoadIfIntact(candidate) is { } file)
            {
                return CheckpointContent.Restore(file, candidate, parameters, optimizer, reweighter);
            }
        }
        return null;
    }

    // Null where the file is damaged, which is then set aside.
    private SafetensorsFile? LoadIfIntact(string candidate)
    {
        SafetensorsFile file;
        try
        {
            file = SafetensorsFile.LoadSealed(candidate);
        }
        catch (InvalidDataException error)
        {
            var aside = $"{candidate}.damaged";
            File.Move(candidate, aside, overwrite: true);
            Tell?.Invoke(
                $"{error.Message} It is set aside as {aside}; training goes on from the state before it, if there is one."
            );
            return null;
        }
        return CheckpointContent.IdentityOf(file) == identity
            ? file
            : throw new InvalidDataException(
                $"{candidate} is the checkpoint of another run, or of other data; delete it to start afresh."
            );
    }
}

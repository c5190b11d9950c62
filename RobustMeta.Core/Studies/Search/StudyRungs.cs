using RobustMeta.Experiments;
using RobustMeta.Training;

namespace RobustMeta.Studies.Search;

/// <summary>
/// The ends of the trainings of a search's rungs, so that a promoted point goes on where it was instead of starting anew; its
/// results are the same bytes either way. Kept until the search is decided.
/// </summary>
/// <param name="root">The study's folder.</param>
internal sealed class StudyRungs(string root)
{
    private readonly string folder = Path.Combine(root, "rungs");

    /// <summary>Where a training of a rung saves its state, and goes on from the rungs below it.</summary>
    /// <param name="rung">The rung.</param>
    /// <param name="prepared">The data side.</param>
    /// <param name="tell">Is told that a checkpoint is damaged.</param>
    public Checkpoint Checkpoint(TuningRung rung, PreparedExperiment prepared, Action<string> tell)
    {
        var point = Path.Combine(folder, rung.Point);
        Directory.CreateDirectory(point);
        var identity = $"{rung.Point} {prepared.Fingerprint}";
        var below = Directory
            .EnumerateFiles(point, "*.safetensors")
            .Select(path => (Path: path, Epochs: EpochsOf(path)))
            .Where(file => file.Epochs > 0 && file.Epochs < rung.Epochs)
            .OrderByDescending(file => file.Epochs)
            .Select(file => file.Path)
            .FirstOrDefault();
        return new(File(point, rung.Epochs), identity, RunFolder.SaveInterval)
        {
            KeepsEnd = true,
            ShorterTraining = below,
            Tell = tell,
        };
    }

    /// <summary>Deletes the states of a decided search's points.</summary>
    /// <param name="points">Names of the points.</param>
    public void Forget(IEnumerable<string> points)
    {
        foreach (var point in points.Select(point => Path.Combine(folder, point)).Where(Directory.Exists))
        {
            try
            {
                Directory.Delete(point, recursive: true);
            }
            catch (IOException)
            {
                // Another process deletes it too, or writes there: the next decision deletes what stays.
            }
        }
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            TryDelete();
        }
    }

    private void TryDelete()
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // A search that has just begun.
        }
    }

    private static string File(string point, int epochs) =>
        Path.Combine(point, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{epochs}.safetensors"));

    private static int EpochsOf(string path) =>
        int.TryParse(
            Path.GetFileNameWithoutExtension(path),
            System.Globalization.CultureInfo.InvariantCulture,
            out var epochs
        )
            ? epochs
            : 0;
}

using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using RobustMeta.Models;
using RobustMeta.Robustness;

namespace RobustMeta.Training;

/// <summary>
/// The state of a training on disk, so that an interrupted run goes on where it was and ends with the same bytes as an
/// uninterrupted one.
/// </summary>
/// <param name="path">File to save to and to look for.</param>
/// <param name="identity">Hash of everything that determines the run; a file of another run is refused.</param>
/// <param name="interval">Shortest time between saves.</param>
public sealed class Checkpoint(string path, string identity, TimeSpan interval)
{
    private const int Columns = 10;
    private const string BestUsers = "bestWeights.users";
    private const string BestInteractions = "bestWeights.interactions";
    private readonly Stopwatch sinceSave = Stopwatch.StartNew();

    /// <summary>
    /// Whether the last state is saved too, so that a training that is one of several of a run is not repeated when a later
    /// one is interrupted.
    /// </summary>
    public bool KeepsEnd { get; private init; }

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
        };

    /// <summary>Saves the state when the interval has passed.</summary>
    public void SaveIfDue(TrainingState state, ParameterSet parameters, Optimizer optimizer, Reweighter reweighter)
    {
        if (sinceSave.Elapsed >= interval)
        {
            Save(state, parameters, optimizer, reweighter);
            sinceSave.Restart();
        }
    }

    /// <summary>Saves the state after a whole epoch.</summary>
    public void Save(TrainingState state, ParameterSet parameters, Optimizer optimizer, Reweighter reweighter)
    {
        var file = new SafetensorsFile();
        file.Metadata["identity"] = identity;
        file.Metadata["epoch"] = state.Epoch.ToString(CultureInfo.InvariantCulture);
        file.Metadata["bestEpoch"] = state.BestEpoch.ToString(CultureInfo.InvariantCulture);
        file.Metadata["steps"] = optimizer.Steps.ToString(CultureInfo.InvariantCulture);
        file.Add("bestValidation", [state.BestValidation], 1);
        file.Add("history", [.. state.History.SelectMany(Row)], state.History.Count, Columns);
        for (var i = 0; i < parameters.All.Length; i++)
        {
            var parameter = parameters.All[i];
            file.Add($"parameter.{parameter.Name}", parameter.Values, [.. parameter.Shape]);
            file.Add($"best.{parameter.Name}", state.Best[i], [.. parameter.Shape]);
        }
        file.Add(BestUsers, state.BestWeights.Users, state.BestWeights.Users.Length);
        file.Add(BestInteractions, state.BestWeights.Interactions, state.BestWeights.Interactions.Length);
        foreach (var (name, values) in optimizer.State)
        {
            file.Add($"optimizer.{name}", values, values.Length);
        }
        foreach (var (name, values) in reweighter.State)
        {
            file.Add($"reweighter.{name}", values, values.Length);
        }
        file.Save(path);
    }

    /// <summary>Puts a saved state back, or returns null when nothing is saved.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or of another run.</exception>
    public TrainingState? Load(ParameterSet parameters, Optimizer optimizer, Reweighter reweighter)
    {
        if (!File.Exists(path))
        {
            return null;
        }
        var file = SafetensorsFile.Load(path);
        if (file.Metadata.GetValueOrDefault("identity") != identity)
        {
            throw new InvalidDataException($"{path} is the checkpoint of another run; delete it to start afresh.");
        }
        var best = ImmutableArray.CreateBuilder<float[]>(parameters.All.Length);
        foreach (var parameter in parameters.All)
        {
            file.Single($"parameter.{parameter.Name}").CopyTo(parameter.Values, 0);
            best.Add(file.Single($"best.{parameter.Name}"));
        }
        foreach (var (name, values) in optimizer.State)
        {
            file.Single($"optimizer.{name}").CopyTo(values, 0);
        }
        foreach (var (name, values) in reweighter.State)
        {
            file.Double($"reweighter.{name}").CopyTo(values, 0);
        }
        optimizer.Steps = Number("steps");
        return new(
            (int)Number("epoch"),
            [.. file.Double("history").Chunk(Columns).Select(Record)],
            best.MoveToImmutable(),
            (file.Double(BestUsers), file.Double(BestInteractions)),
            (int)Number("bestEpoch"),
            file.Double("bestValidation")[0]
        );

        long Number(string key) => long.Parse(file.Metadata[key], CultureInfo.InvariantCulture);
    }

    /// <summary>Removes the file: the run is done.</summary>
    public void Delete() => File.Delete(path);

    private static double[] Row(EpochRecord e) =>
        [
            e.Epoch,
            e.LearningRate,
            e.MeanLoss,
            e.RobustLoss,
            e.Validation,
            e.UserEss,
            e.InteractionEss,
            e.GradientNorm,
            e.WorstLoss,
            e.DualityGap,
        ];

    private static EpochRecord Record(double[] row) =>
        new((int)row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9]);
}

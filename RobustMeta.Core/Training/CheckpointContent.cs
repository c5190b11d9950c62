using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Models;
using RobustMeta.Robustness;

namespace RobustMeta.Training;

/// <summary>What a checkpoint holds, by the names of its arrays, and how a training takes it back.</summary>
internal static class CheckpointContent
{
    private const int Columns = 10;
    private const string Identity = "identity";
    private const string History = "history";
    private const string BestValidation = "bestValidation";
    private const string BestUsers = "bestWeights.users";
    private const string BestInteractions = "bestWeights.interactions";

    /// <summary>The state of a training. Arrays are copied: the training goes on changing them.</summary>
    /// <param name="identity">Hash of everything that determines the run.</param>
    /// <param name="state">How far it has come.</param>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="optimizer">What moves them.</param>
    /// <param name="reweighter">The weights of users and interactions.</param>
    public static SafetensorsFile Of(
        string identity,
        TrainingState state,
        ParameterSet parameters,
        Optimizer optimizer,
        Reweighter reweighter
    )
    {
        var file = new SafetensorsFile();
        file.Metadata[Identity] = identity;
        file.Metadata["epoch"] = state.Epoch.ToString(CultureInfo.InvariantCulture);
        file.Metadata["bestEpoch"] = state.BestEpoch.ToString(CultureInfo.InvariantCulture);
        file.Metadata["steps"] = optimizer.Steps.ToString(CultureInfo.InvariantCulture);
        file.Add(BestValidation, [state.BestValidation], 1);
        file.Add(History, [.. state.History.SelectMany(Row)], state.History.Count, Columns);
        for (var i = 0; i < parameters.All.Length; i++)
        {
            var parameter = parameters.All[i];
            file.Add($"parameter.{parameter.Name}", parameter.Values.ToArray(), [.. parameter.Shape]);
            file.Add($"best.{parameter.Name}", state.Best[i], [.. parameter.Shape]);
        }
        file.Add(BestUsers, state.BestWeights.Users, state.BestWeights.Users.Length);
        file.Add(BestInteractions, state.BestWeights.Interactions, state.BestWeights.Interactions.Length);
        foreach (var (name, values) in optimizer.State)
        {
            file.Add($"optimizer.{name}", values.ToArray(), values.Length);
        }
        foreach (var (name, values) in reweighter.State)
        {
            file.Add($"reweighter.{name}", [.. values], values.Length);
        }
        return file;
    }

    /// <summary>The run whose state a file holds; null where it does not say.</summary>
    public static string? IdentityOf(SafetensorsFile file) => file.Metadata.GetValueOrDefault(Identity);

    /// <summary>Puts a state back. All is looked at before anything is changed.</summary>
    /// <param name="file">The state.</param>
    /// <param name="path">Where it was read from, for messages.</param>
    /// <param name="parameters">Take the saved values.</param>
    /// <param name="optimizer">Takes its state.</param>
    /// <param name="reweighter">Takes its state.</param>
    /// <exception cref="InvalidDataException">An array or a number is missing, or of another size than this training's.</exception>
    public static TrainingState Restore(
        SafetensorsFile file,
        string path,
        ParameterSet parameters,
        Optimizer optimizer,
        Reweighter reweighter
    )
    {
        var epoch = (int)Number("epoch", int.MaxValue);
        var bestEpoch = (int)Number("bestEpoch", epoch);
        var steps = Number("steps", long.MaxValue);
        var history = Saved(file.Double, History, epoch * (long)Columns);
        var state = new TrainingState(
            epoch,
            [.. history.Chunk(Columns).Select(Record)],
            [.. parameters.All.Select(p => Saved(file.Single, $"best.{p.Name}", p.Size))],
            (
                Saved(file.Double, BestUsers, reweighter.Weights.Users.Length),
                Saved(file.Double, BestInteractions, reweighter.Weights.Interactions.Length)
            ),
            bestEpoch,
            Saved(file.Double, BestValidation, 1)[0]
        );
        (float[] Saved, Memory<float> Target)[] singles =
        [
            .. parameters.All.Select(p => Pair(file.Single, $"parameter.{p.Name}", p.Values.AsMemory())),
            .. optimizer.State.Select(entry => Pair(file.Single, $"optimizer.{entry.Key}", entry.Value.AsMemory())),
        ];
        (double[] Saved, Memory<double> Target)[] doubles =
        [
            .. reweighter.State.Select(entry => Pair(file.Double, $"reweighter.{entry.Key}", entry.Value)),
        ];
        Copy(singles);
        Copy(doubles);
        optimizer.Steps = steps;
        return state;

        long Number(string key, long most) =>
            long.TryParse(
                file.Metadata.GetValueOrDefault(key),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var number
            )
            && number <= most
                ? number
                : throw Unfit(path, $"its '{key}' is '{file.Metadata.GetValueOrDefault(key)}', expected 0 to {most}");

        T[] Saved<T>(Func<string, T[]> find, string name, long size)
        {
            var values = file.Has(name) ? find(name) : [];
            return values.Length == size
                ? values
                : throw Unfit(path, $"its array '{name}' has {values.Length} values, expected {size}");
        }

        (T[] Saved, Memory<T> Target) Pair<T>(Func<string, T[]> find, string name, Memory<T> target) =>
            (Saved(find, name, target.Length), target);
    }

    private static void Copy<T>((T[] Saved, Memory<T> Target)[] pairs)
    {
        foreach (var (saved, target) in pairs)
        {
            saved.CopyTo(target);
        }
    }

    private static InvalidDataException Unfit(string path, string reason) =>
        new($"{path} is no checkpoint of this training: {reason}. Delete it to start afresh.");

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

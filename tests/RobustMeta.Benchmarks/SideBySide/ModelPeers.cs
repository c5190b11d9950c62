using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Benchmarks.Workload;
using RobustMeta.Models;

namespace RobustMeta.Benchmarks.SideBySide;

/// <summary>PyTorch peers of the models: batches of users with supports of like length, all users of a batch at once.</summary>
internal static class ModelPeers
{
    private static readonly Dictionary<string, (string Script, string[] Own)> Scripts = new()
    {
        ["MeLU"] = ("padded.py", ["concat"]),
        ["MAML"] = ("whole.py", []),
        ["MAMO"] = ("mamo.py", []),
        ["MetaRidge"] = ("ridge.py", []),
        ["MetaPMF"] = ("factors.py", []),
        ["LWA"] = ("classes.py", []),
        ["NLBA"] = ("classes.py", []),
        ["TaNP"] = ("process.py", []),
        ["MetaEmb"] = ("vectors.py", []),
        ["MWUF"] = ("vectors.py", []),
    };

    /// <summary>The peer of a model, waiting for its first command; null where none is written or wanted.</summary>
    /// <param name="spec">How to measure.</param>
    /// <param name="workload">The tasks.</param>
    /// <param name="settings">Settings of the model.</param>
    /// <param name="model">The model.</param>
    /// <param name="folder">Where the file of the workload goes.</param>
    /// <exception cref="ContenderException">Python or PyTorch is not there.</exception>
    public static RunningContender? Start(
        ModelsSpec spec,
        SyntheticWorkload workload,
        ModelSpec settings,
        MetaRecommender model,
        string folder
    )
    {
        if (!spec.Peers || !Scripts.TryGetValue(model.Name, out var peer))
        {
            return null;
        }
        var file = Path.Combine(folder, $"{model.Name}.safetensors");
        WorkloadFile.Save(workload, settings, model, file);
        var python = new PythonSetup(spec.Python, spec.CoreType);
        string[] arguments = [file, "bucketed", "false", .. peer.Own];
        return new(Contender.Of(model.Name, $"PyTorch, {model.Name}", 1, peer.Script, python, arguments));
    }
}

using RobustMeta.Runtime;

namespace RobustMeta.Studies.Workers;

/// <summary>Writes the manifest of a Kubernetes Indexed Job and leaves it to the user to apply it; see <see cref="KubernetesManifest"/>.</summary>
public sealed class KubernetesEngine : WorkerEngine
{
    /// <summary>Where the volume is mounted inside the containers.</summary>
    internal const string Store = "/store";

    /// <inheritdoc/>
    public override string Name => "kubernetes";

    /// <inheritdoc/>
    public override string Meaning =>
        "the manifest of a Kubernetes Indexed Job; needs a volume that several nodes can write";

    /// <inheritdoc/>
    public override void Check(WorkerOrder order)
    {
        base.Check(order);
        _ = KubernetesManifest.Of(order);
    }

    /// <inheritdoc/>
    public override string Submit(WorkerOrder order, CancellationToken cancellation)
    {
        var path = Path.Combine(order.Root, "workers.json");
        DurableFile.Write(path, KubernetesManifest.Of(order));
        return $"written: {path}; the volume {order.Claim} takes the content of {order.Root}; start the job with: kubectl apply -f {WorkerCommand.Shown(path)}";
    }

    /// <inheritdoc/>
    public override string? Cancel(string root) =>
        Path.Combine(root, "workers.json") is var path && File.Exists(path)
            ? $"the job in the cluster is removed by: kubectl delete -f {WorkerCommand.Shown(path)}"
            : null;
}

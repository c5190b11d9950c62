using System.Globalization;
using System.Text.Json;

namespace RobustMeta.Studies.Workers;

/// <summary>
/// The manifest of a Kubernetes Indexed Job, one index a worker: restarted three times each, not restarted where the input is wrong (code 2), and not
/// charged for evictions. Needs a volume that several nodes can write, by the name of its claim.
/// </summary>
public static class KubernetesManifest
{
    /// <summary>The text of the manifest. It is JSON, which is YAML, so that every word is quoted.</summary>
    /// <param name="name">Name of the job: lower-case letters, digits and dashes.</param>
    /// <param name="image">The image that holds the program.</param>
    /// <param name="claim">Name of the volume's claim; it is mounted at <c>/store</c>.</param>
    /// <param name="command">The worker, as it is called inside the container.</param>
    /// <param name="atOnce">Workers that may run at once.</param>
    public static string Of(string name, string image, string claim, WorkerCommand command, int atOnce)
    {
        var job = new
        {
            apiVersion = "batch/v1",
            kind = "Job",
            metadata = new { name },
            spec = new
            {
                completionMode = "Indexed",
                completions = command.Shards,
                parallelism = Math.Min(atOnce, command.Shards),
                backoffLimitPerIndex = 3,
                maxFailedIndexes = command.Shards,
                podFailurePolicy = new
                {
                    rules = new object[]
                    {
                        new
                        {
                            action = "FailIndex",
                            onExitCodes = new
                            {
                                containerName = "work",
                                @operator = "In",
                                values = (int[])[2],
                            },
                        },
                        new { action = "Ignore", onPodConditions = (object[])[new { type = "DisruptionTarget" }] },
                    },
                },
                template = new { spec = Pod(image, claim, command) },
            },
        };
        return JsonSerializer.Serialize(job, new JsonSerializerOptions { WriteIndented = true }) + "\n";
    }

    private static object Pod(string image, string claim, WorkerCommand command) =>
        new
        {
            restartPolicy = "Never",
            terminationGracePeriodSeconds = 120,
            securityContext = new
            {
                runAsNonRoot = true,
                runAsUser = 10001,
                fsGroup = 10001,
            },
            containers = (object[])
                [
                    new
                    {
                        name = "work",
                        image,
                        command = (string[])[command.Program],
                        // Kubernetes itself puts the index in, without a shell.
                        args = command.Of("$(JOB_COMPLETION_INDEX)"),
                        env = (object[])[new { name = "OMP_NUM_THREADS", value = "1" }],
                        resources = new
                        {
                            requests = new { cpu = "1", memory = "2Gi" },
                            limits = new { memory = "2Gi" },
                        },
                        securityContext = new
                        {
                            allowPrivilegeEscalation = false,
                            capabilities = new { drop = (string[])["ALL"] },
                        },
                        volumeMounts = (object[])[new { name = "store", mountPath = "/store" }],
                    },
                ],
            volumes = (object[])[new { name = "store", persistentVolumeClaim = new { claimName = claim } }],
        };
}

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using RobustMeta.Settings;

namespace RobustMeta.Studies.Workers;

/// <summary>
/// The manifest of a Kubernetes Indexed Job, one index a worker: restarted three times each, not restarted where the input is wrong (code 2), and not
/// charged for evictions. Needs a volume that several nodes can write, by the name of its claim.
/// </summary>
public static partial class KubernetesManifest
{
    private const int UsualMemory = 2048;

    // Of a volume claim: the letters of a name in DNS.
    [GeneratedRegex("^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$")]
    private static partial Regex ClaimName();

    /// <summary>The text of the manifest. It is JSON, which is YAML, so that every word is quoted.</summary>
    /// <param name="order">What to start; the study is named by what the container knows it by.</param>
    /// <exception cref="SettingException">Image or claim is no name that Kubernetes takes.</exception>
    public static string Of(WorkerOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        RequireNames(order);
        var command = order.Command;
        var job = new
        {
            apiVersion = "batch/v1",
            kind = "Job",
            metadata = new { name = KubernetesName.Of(order.Study) },
            spec = new
            {
                completionMode = "Indexed",
                completions = command.Shards,
                parallelism = Math.Min(order.AtOnce, command.Shards),
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
                template = new { spec = Pod(order) },
            },
        };
        return JsonSerializer.Serialize(job, new JsonSerializerOptions { WriteIndented = true }) + "\n";
    }

    private static object Pod(WorkerOrder order) =>
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
                        image = order.Image,
                        command = (string[])["robustmeta"],
                        // Kubernetes itself puts the index in, without a shell.
                        args = Inside(order).Of("$(JOB_COMPLETION_INDEX)"),
                        env = WorkerProcess.ThreadVariables.Select(name => new { name, value = Print(order.Threads) }),
                        resources = new
                        {
                            requests = new { cpu = Print(order.Threads), memory = Memory(order) },
                            limits = new { memory = Memory(order) },
                        },
                        securityContext = new
                        {
                            allowPrivilegeEscalation = false,
                            capabilities = new { drop = (string[])["ALL"] },
                        },
                        volumeMounts = (object[])[new { name = "store", mountPath = KubernetesEngine.Store }],
                    },
                ],
            volumes = (object[])[new { name = "store", persistentVolumeClaim = new { claimName = order.Claim } }],
        };

    // There the study's folder is the volume, and the program stands by its name.
    private static WorkerCommand Inside(WorkerOrder order) =>
        order.Command with
        {
            Before = [],
            Words =
            [
                .. order.Command.Words.Select(word =>
                    Literal(
                        word == order.Root || word.StartsWith(order.Root + "/", StringComparison.Ordinal)
                            ? KubernetesEngine.Store + word[order.Root.Length..]
                            : word
                    )
                ),
            ],
        };

    // Kubernetes puts variables in place of $(NAME), and takes two dollars for one.
    private static string Literal(string word) => word.Replace("$", "$$", StringComparison.Ordinal);

    private static string Memory(WorkerOrder order) => $"{Print(order.Memory ?? UsualMemory)}Mi";

    private static string Print(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void RequireNames(WorkerOrder order)
    {
        if (order.Image.Length == 0 || order.Image.Any(c => c is <= ' ' or > '~' or '"' or '\\'))
        {
            throw new SettingException(
                $"image is '{order.Image}'; expected the name of a container image, e.g. registry.example.org/robustmeta:0.2.0"
            );
        }
        if (!ClaimName().IsMatch(order.Claim))
        {
            throw new SettingException(
                $"claim is '{order.Claim}'; expected the name of a volume claim: small letters, digits, '-' and '.', e.g. "
                    + "robustmeta-store"
            );
        }
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace RobustMeta.Benchmarks.Profiling;

/// <summary>One sample of a processor: what ran there.</summary>
/// <param name="Process">Its process.</param>
/// <param name="Thread">Name of its thread.</param>
/// <param name="Frames">Functions that were active, and the libraries they are in; the innermost first.</param>
internal sealed partial record Sample(
    int Process,
    string Thread,
    IReadOnlyList<(string Function, string Library)> Frames
)
{
    // Rooms, and one part of a room, whose code computes: losses, gradients, weights, metrics, shifts, statistics, matrix products.
    private static readonly string[] Mathematics =
    [
        "Engine",
        "Models",
        "Robustness",
        "Training",
        "Evaluation",
        "Bias",
        "Shift",
        "Theory",
        "Runtime.Vectors",
    ];

    /// <summary>What it ran for.</summary>
    public Kind Kind =>
        Own.Contains(" RobustMeta.Runtime.WorkerPool::") ? Kind.Waiting
        : IsRuntime ? Kind.Runtime
        : Mathematics.Any(room => Own.Contains($" RobustMeta.{room}.")) ? Kind.Mathematics
        : Kind.Other;

    // Above the innermost managed function.
    private bool IsRuntime =>
        Frames
            .TakeWhile(frame => !frame.Library.EndsWith(".map") && !frame.Library.EndsWith(".dll"))
            .Any(frame => frame.Library is "libclrjit.so" or "libcoreclr.so");

    /// <summary>The innermost function of this project; empty where there is none.</summary>
    public string Own =>
        Frames.Select(frame => frame.Function).FirstOrDefault(name => name.Contains(" RobustMeta."), "");

    /// <summary>Reads what <c>perf script -F comm,pid,ip,sym,dso</c> prints.</summary>
    public static IEnumerable<Sample> Read(TextReader text)
    {
        var frames = new List<(string, string)>();
        Match? head = null;
        while (text.ReadLine() is { } line)
        {
            if (line.Length == 0 && head is not null)
            {
                yield return new(
                    int.Parse(head.Groups[2].ValueSpan, CultureInfo.InvariantCulture),
                    head.Groups[1].Value.Trim(),
                    [.. frames]
                );
                (head, frames) = (null, []);
            }
            else if (Head().Match(line) is { Success: true } found)
            {
                head = found;
            }
            else if (Frame().Match(line) is { Success: true } frame)
            {
                frames.Add((frame.Groups[1].Value, Path.GetFileName(frame.Groups[2].Value)));
            }
        }
    }

    [GeneratedRegex(@"^(\S.*?)\s+(\d+)[\s:]*$")]
    private static partial Regex Head();

    [GeneratedRegex(@"^\s+[0-9a-f]+ (.*) \((.*)\)$")]
    private static partial Regex Frame();
}

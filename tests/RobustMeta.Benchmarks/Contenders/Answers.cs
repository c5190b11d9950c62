using System.Text.Json;

namespace RobustMeta.Benchmarks.Contenders;

/// <summary>
/// What contenders say, one JSON line each. A contender is a process of its own, so that its CPU time and its peak
/// memory are its own: it prints <see cref="Ready"/>, then answers the lines <c>check PATH TYPE</c> and <c>run N</c>.
/// </summary>
internal static class Answers
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public static string Print<T>(T answer) => JsonSerializer.Serialize(answer, Format);

    public static T Parse<T>(string line) =>
        JsonSerializer.Deserialize<T>(line, Format)
        ?? throw new InvalidDataException($"A contender answered '{line}'; expected a JSON object.");
}

/// <summary>The contender has loaded its data.</summary>
/// <param name="Version">The library it computes with.</param>
/// <param name="Blas">Names of the BLAS libraries it has loaded; empty where it uses none.</param>
/// <param name="Capability">Instruction set of the library's own kernels; empty where unknown.</param>
internal sealed record Ready(string Version, string Blas, string Capability);

/// <summary>Loss and gradient of the first batch at the initial parameters.</summary>
internal sealed record Checked(double Loss, double GradientNorm);

/// <summary>A timed run.</summary>
/// <param name="Users">Users gone through.</param>
/// <param name="Wall">Seconds.</param>
/// <param name="Cpu">User and system seconds of the process, all threads.</param>
/// <param name="PeakBytes">Largest resident set so far.</param>
/// <param name="Loss">Mean loss of a user over the run.</param>
internal sealed record Ran(long Users, double Wall, double Cpu, long PeakBytes, double Loss);

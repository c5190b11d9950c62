using System.Diagnostics;

namespace RobustMeta.Benchmarks.Contenders;

/// <summary>Somebody who computes the workload, in one or more processes at once.</summary>
/// <param name="Key">Short name for settings.</param>
/// <param name="Title">Name in tables.</param>
/// <param name="IsPeer">Whether it is a PyTorch peer, which others are compared with.</param>
/// <param name="Cores">Cores it may use: threads, or simultaneous processes.</param>
/// <param name="Processes">Simultaneous processes, each with all batches.</param>
/// <param name="Command">How to start one process.</param>
internal sealed record Contender(
    string Key,
    string Title,
    bool IsPeer,
    int Cores,
    int Processes,
    Func<ProcessStartInfo> Command
)
{
    /// <summary>One of our engines, in a process of this program.</summary>
    /// <param name="choice">The engine.</param>
    /// <param name="workload">Settings of the workload as <c>name value</c> pairs.</param>
    public static Contender Of(EngineChoice choice, IEnumerable<string> workload) =>
        new(choice.Key, choice.Title, false, choice.Threads, 1, () => OwnProgram(["worker", choice.Key, .. workload]));

    /// <summary>A PyTorch peer.</summary>
    /// <param name="key">Short name.</param>
    /// <param name="title">Name in tables.</param>
    /// <param name="processes">Simultaneous processes.</param>
    /// <param name="script">File among the peers.</param>
    /// <param name="python">How Python is started.</param>
    /// <param name="arguments">Arguments of the script.</param>
    public static Contender Of(
        string key,
        string title,
        int processes,
        string script,
        PythonSetup python,
        params string[] arguments
    ) => new(key, title, true, processes, processes, () => python.Command(script, arguments));

    private static ProcessStartInfo OwnProgram(IEnumerable<string> arguments)
    {
        var host = Environment.ProcessPath ?? "dotnet";
        var start = new ProcessStartInfo(host);
        if (Path.GetFileNameWithoutExtension(host) == "dotnet")
        {
            start.ArgumentList.Add(typeof(Contender).Assembly.Location);
        }
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        return start;
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using RobustMeta.Engine;
using RobustMeta.Settings;

namespace RobustMeta.Studies.Workers;

/// <summary>Starts programs, each word of their arguments as it is: no shell reads them.</summary>
internal static class WorkerProcess
{
    /// <summary>Variables of the environment that hold the threads of a worker.</summary>
    public static IReadOnlyList<string> ThreadVariables { get; } = ["OMP_NUM_THREADS", ThreadLimit.Variable];

    /// <summary>Starts a program.</summary>
    /// <param name="file">The program.</param>
    /// <param name="words">Its arguments.</param>
    /// <param name="threads">Threads of the program; null: as this one.</param>
    /// <param name="isRead">Whether its output is read by this process.</param>
    /// <exception cref="SettingException">There is no such program.</exception>
    public static Process Start(string file, IEnumerable<string> words, int? threads = null, bool isRead = false)
    {
        var info = new ProcessStartInfo(file, words) { RedirectStandardOutput = isRead };
        if (threads is { } count)
        {
            foreach (var variable in ThreadVariables)
            {
                info.Environment[variable] = count.ToString(CultureInfo.InvariantCulture);
            }
        }
        try
        {
            return Process.Start(info)!;
        }
        catch (Win32Exception)
        {
            throw new SettingException($"'{file}' is not on this machine; install it, or choose another engine");
        }
    }

    /// <summary>Runs a program to its end: exit code and output.</summary>
    public static (int Code, string Output) Read(string file, params IReadOnlyList<string> words)
    {
        using var run = Start(file, words, isRead: true);
        var output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        return (run.ExitCode, output.Trim());
    }
}

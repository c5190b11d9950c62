using System.ComponentModel;
using System.Diagnostics;

namespace RobustMeta.Benchmarks.Contenders;

/// <summary>One process of a contender: lines go in, JSON lines come out.</summary>
internal sealed class ContenderProcess : IDisposable
{
    private readonly Process process;
    private readonly List<string> errors = [];

    /// <summary>Starts the process.</summary>
    public ContenderProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new ContenderException($"{start.FileName} does not start: {error.Message}", error);
        }
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
            {
                errors.Add(line.Data ?? "");
            }
        };
        process.BeginErrorReadLine();
    }

    /// <summary>What the process has written to its standard error.</summary>
    public string[] Errors
    {
        get
        {
            lock (errors)
            {
                return [.. errors];
            }
        }
    }

    /// <summary>Sends a line; if the process has ended, <see cref="Receive"/> says why.</summary>
    public void Send(string line)
    {
        try
        {
            process.StandardInput.WriteLine(line);
            process.StandardInput.Flush();
        }
        catch (IOException) when (process.WaitForExit(TimeSpan.FromSeconds(1)))
        {
            // The process has ended: its last words are worth more than the broken pipe.
        }
    }

    /// <summary>The next answer.</summary>
    /// <exception cref="ContenderException">The process ended without one; holds its last words.</exception>
    public T Receive<T>()
    {
        while (process.StandardOutput.ReadLine() is { } line)
        {
            // Libraries may greet on the standard output.
            if (line.StartsWith('{'))
            {
                return Answers.Parse<T>(line);
            }
        }
        process.WaitForExit();
        throw new ContenderException(
            $"'{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList.Take(2))}' ended with exit "
                + $"code {process.ExitCode} and no answer. Its last words:\n{string.Join('\n', Errors.TakeLast(12))}"
        );
    }

    /// <summary>Ends the process by ending its input; kills it if it does not listen.</summary>
    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(TimeSpan.FromSeconds(5)))
            {
                process.Kill();
            }
        }
        process.Dispose();
    }
}

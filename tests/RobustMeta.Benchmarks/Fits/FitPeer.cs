using System.Diagnostics;
using System.Globalization;
using RobustMeta.Benchmarks.Contenders;

namespace RobustMeta.Benchmarks.Fits;

/// <summary>The process of <c>peers/fits.py</c>: it fits what it is told to, and answers with times and scores.</summary>
internal sealed class FitPeer : IDisposable
{
    private readonly Process process;

    /// <summary>Starts it on the data in a folder.</summary>
    /// <exception cref="ContenderException">Python or one of its packages is missing.</exception>
    public FitPeer(FitsSpec spec, string folder)
    {
        var start = new PythonSetup(spec.Python, "auto").Command(
            "fits.py",
            [folder, Text(spec.Items), Text(spec.Factors), Text(spec.AlsRounds)]
        );
        foreach (var variable in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS" })
        {
            start.Environment[variable] = Text(spec.Threads);
        }
        start.Environment.Remove("OPENBLAS_VERBOSE");
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        process = Process.Start(start) ?? throw new ContenderException($"{spec.Python} does not start");
    }

    /// <summary>Fits once.</summary>
    /// <param name="method">EASE, iALS or ItemKNN.</param>
    /// <returns>Seconds of the clock and of the processor, and outputs of the first user for all items.</returns>
    public (double Wall, double Cpu, double[] Outputs) Fit(string method)
    {
        process.StandardInput.WriteLine(method);
        process.StandardInput.Flush();
        var line =
            process.StandardOutput.ReadLine()
            ?? throw new ContenderException("the peer ended: it needs Debian's python3-numpy and python3-scipy");
        double[] numbers = [.. line.Split(' ').Select(x => double.Parse(x, CultureInfo.InvariantCulture))];
        return (numbers[0], numbers[1], numbers[2..]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

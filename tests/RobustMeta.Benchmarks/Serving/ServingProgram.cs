using System.Diagnostics;
using System.Globalization;
using RobustMeta.Runtime;
using RobustMeta.Serving;

namespace RobustMeta.Benchmarks.Serving;

/// <summary>
/// Serves random users from the folder of a run in this process, which does nothing else, and prints start-up time, latency and
/// memory. A user's latency is that of adaptation and of scoring the candidates together, as a service does both.
/// </summary>
internal static class ServingProgram
{
    /// <summary>Measures.</summary>
    public static int Run(ServingSpec spec)
    {
        using var model = spec.Torch ? ColdStartModel.LoadOnTorch(spec.Run) : ColdStartModel.Load(spec.Run);
        var random = Seeds.Generator(1, "served users");
        Serve(model, spec, random);
        var start = DateTime.Now - Process.GetCurrentProcess().StartTime;
        var first = Resident();
        // The just-in-time compiler replaces its first code, and the heap finds its size, while the first users are served.
        for (var i = 0; i < Math.Min(20_000, spec.Adaptations); i++)
        {
            Serve(model, spec, random);
        }
        var micros = new double[spec.Adaptations];
        // Written once, so that its pages count as resident before the first user.
        Array.Fill(micros, double.NaN);
        var resident = new List<double> { Resident() };
        for (var i = 0; i < micros.Length; i++)
        {
            micros[i] = Serve(model, spec, random);
            if ((i + 1) % Math.Max(1, micros.Length / 4) == 0)
            {
                resident.Add(Resident());
            }
        }
        Array.Sort(micros);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                {model.MethodName}{(
                    spec.Torch ? " on libtorch" : ""
                )}: {spec.Adaptations} users of {spec.Ratings} ratings, {spec.Candidates} items scored for each
                from start of process to first scores: {start.TotalMilliseconds:F0} ms; resident then: {first:F0} MiB; libtorch loaded: {IsTorchLoaded()}
                latency: p50 {At(micros, .5):F1} us, p99 {At(micros, .99):F1} us, p99.9 {At(micros, .999):F1} us
                resident before, and after each quarter of the users: {string.Join(
                    ", ",
                    resident.Select(mebibytes => mebibytes.ToString("F1", CultureInfo.InvariantCulture))
                )} MiB
                """
            )
        );
        return 0;
    }

    // Microseconds for one user.
    private static double Serve(ColdStartModel model, ServingSpec spec, Random random)
    {
        var items = model.Items.Tokens;
        var ratings = new (string, float)[spec.Ratings];
        for (var i = 0; i < ratings.Length; i++)
        {
            ratings[i] = (items[random.Next(items.Length)], 1 + random.Next(5));
        }
        var candidates = new string[spec.Candidates];
        for (var i = 0; i < candidates.Length; i++)
        {
            candidates[i] = items[random.Next(items.Length)];
        }
        var begin = Stopwatch.GetTimestamp();
        model.For(ratings).Score(candidates);
        return Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
    }

    private static double At(double[] sorted, double quantile) =>
        sorted[(int)Math.Min(sorted.Length - 1, quantile * sorted.Length)];

    private static double Resident() => Environment.WorkingSet / (double)(1 << 20);

    private static bool IsTorchLoaded() =>
        Process
            .GetCurrentProcess()
            .Modules.Cast<ProcessModule>()
            .Any(module => module.ModuleName.Contains("libtorch", StringComparison.OrdinalIgnoreCase));
}

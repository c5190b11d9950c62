using System.Globalization;
using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Benchmarks.Measurement;
using RobustMeta.Runtime;

namespace RobustMeta.Benchmarks.Priors;

/// <summary>The cost table of MetaPMF's priors: medians over interleaved rounds, each prior in processes of its own.</summary>
internal static class PriorsProgram
{
    /// <summary>Measures and prints.</summary>
    public static int Run(PriorsSpec spec)
    {
        var costs = spec.Priors.ToDictionary(prior => prior, _ => new List<PriorCost>());
        for (var round = 0; round < spec.Rounds; round++)
        {
            foreach (var prior in round % 2 == 0 ? spec.Priors : spec.Priors.Reverse())
            {
                costs[prior].Add(Measure(prior, spec));
            }
            Console.Error.WriteLine($"round {round + 1} of {spec.Rounds}");
        }
        var users = costs.Values.First()[0].Users;
        string[][] facts =
        [
            .. EnvironmentReport.Facts().Select(fact => new[] { fact.Name, fact.Value }),
            ["data set, users trained", $"{spec.Dataset}, {users:N0}"],
            ["threads of the start", spec.Threads == 0 ? "one a processor" : $"{spec.Threads}"],
            ["rounds", $"{spec.Rounds}"],
        ];
        Console.WriteLine(MarkdownTable.Of(["run", ""], facts, text: 2));
        string[] columns = ["prior", "start s", "its peak MB", "parameters MB", "fold-in us a user"];
        Console.WriteLine(MarkdownTable.Of(columns, [.. spec.Priors.Select(prior => Row(prior, costs[prior]))]));
        return 0;
    }

    private static PriorCost Measure(string prior, PriorsSpec spec)
    {
        string[] words = ["prior", prior, .. SettingArguments.Print(spec)];
        using var process = new ContenderProcess(new(Environment.ProcessPath!, words));
        return process.Receive<PriorCost>();
    }

    private static string[] Row(string prior, List<PriorCost> costs) =>
        [
            prior,
            Text(costs, cost => cost.Start, "F2"),
            Text(costs, cost => cost.Peak / 1e6, "F0"),
            Text(costs, cost => cost.Parameters / 1e6, "F2"),
            Text(costs, cost => cost.Fold, "F0"),
        ];

    private static string Text(List<PriorCost> costs, Func<PriorCost, double> select, string format) =>
        Series.Median(costs.Select(select)).ToString(format, CultureInfo.InvariantCulture);
}

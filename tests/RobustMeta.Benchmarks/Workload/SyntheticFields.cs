using System.Collections.Immutable;
using RobustMeta.Models;
using RobustMeta.Runtime;

namespace RobustMeta.Benchmarks.Workload;

/// <summary>
/// Eight token fields with vocabularies of the size that MovieLens-1M has in the MeLU paper: 13,679 rows in all. Every
/// item has a row of its own in the item's identity; the other tokens are drawn.
/// </summary>
internal static class SyntheticFields
{
    // Distinct users matter little: they differ in their tokens alone.
    private const int Users = 4096;
    private const int Identities = 8030;

    /// <summary>Number of items: row 0 of the identities stands for unknown ones.</summary>
    public const int Items = Identities - 1;

    private static readonly (string Name, int Rows)[] ItemFields =
    [
        ("actor", 3402),
        ("director", 2186),
        ("genre", 25),
        ("rated", 6),
    ];

    private static readonly (string Name, int Rows)[] UserFields = [("occupation", 21), ("age", 7), ("gender", 2)];

    /// <summary>The inputs of the model.</summary>
    public static InputSchema Schema(int embeddingDim, long seed) =>
        new(
            [
                Field("id", Identities, Enumerable.Range(1, Items)),
                .. ItemFields.Select(f => Drawn(f.Name, f.Rows, Items, seed)),
            ],
            [.. UserFields.Select(f => Drawn(f.Name, f.Rows, Users, seed))],
            embeddingDim
        )
        {
            UserIdentity = Field("id", Users + 1, Enumerable.Range(1, Users)),
        };

    /// <summary>A user for the task of that number.</summary>
    public static int UserOf(int task) => task % Users;

    private static InputField Drawn(string name, int rows, int entities, long seed)
    {
        var random = Seeds.Generator(seed, "tokens", name);
        return Field(name, rows, Enumerable.Range(0, entities).Select(_ => random.Next(rows)).ToArray());
    }

    private static TokenField Field(string name, int rows, IEnumerable<int> tokens)
    {
        ImmutableArray<int> all = [.. tokens];
        return new(name, rows, [.. Enumerable.Range(0, all.Length + 1)], all);
    }
}

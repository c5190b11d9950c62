using System.Globalization;

namespace RobustMeta.Studies.Workers;

/// <summary>The command that starts a worker, word by word: the words of a study's arguments are never joined to a text that a shell reads.</summary>
/// <param name="Program">The program.</param>
/// <param name="Words">Its words before the shard: <c>study work FILE …</c>.</param>
/// <param name="Shards">Number of workers.</param>
public sealed record WorkerCommand(string Program, IReadOnlyList<string> Words, int Shards)
{
    /// <summary>Words that the program itself takes first: the assembly, where the program is <c>dotnet</c>.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];

    /// <summary>The words of one worker.</summary>
    /// <param name="index">Number of the worker, or what an engine puts in its place.</param>
    public IReadOnlyList<string> Of(string index) => [.. Shared, ShardOf(index)];

    /// <summary>The words that all workers have, before the last one.</summary>
    internal IReadOnlyList<string> Shared => [.. Before, .. Words, "shard"];

    /// <summary>The last word of one worker.</summary>
    internal string ShardOf(string index) => string.Create(CultureInfo.InvariantCulture, $"{index}/{Shards}");

    /// <summary>A word as a user copies it into a shell: quoted where it holds anything that a shell may change.</summary>
    internal static string Shown(string word) =>
        word.Length > 0
        && word.All(c => char.IsAsciiLetterOrDigit(c) || "_./:@%+=,-".Contains(c, StringComparison.Ordinal))
            ? word
            : Quote(word);

    /// <summary>A word as a POSIX shell reads it back: in single quotes, whatever it holds.</summary>
    internal static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}

using System.Diagnostics;
using System.Globalization;

namespace RobustMeta.Studies.Workers;

/// <summary>
/// Claims by files without locks, for workers on several machines with a shared file system: a lease is a file that its owner
/// makes, which no two can, and counts up while it works. A worker that sees one stand still for as long as
/// <c>patience</c>, by its own clock alone, moves it away, which one only can, and does the work. A lease spares double work and is nothing
/// that results depend on: runs are made anew with the same bytes, and every file is put in place whole.
/// </summary>
public sealed class StudyLeases : IStudyClaims
{
    private readonly string folder;
    private readonly StudyShard shard;
    private readonly TimeSpan patience;
    private readonly string owner = $"{Environment.ProcessId}-{Guid.NewGuid():N}";

    /// <summary>The leases of a worker.</summary>
    /// <param name="folder">Where the leases are; made when missing.</param>
    /// <param name="shard">The worker's part, which it does first.</param>
    /// <param name="patience">How long a lease may stand still before its owner counts as dead; leases are counted up four times as often.</param>
    public StudyLeases(string folder, StudyShard shard, TimeSpan patience) =>
        (this.folder, this.shard, this.patience) = (folder, shard, patience);

    /// <summary>How long a worker may be silent, unless told otherwise.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public void Share(IEnumerable<StudyPiece> pieces, Action<string>? waiting, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var left = shard.Order([.. pieces]).ToList();
        var seen = new Dictionary<string, (string Text, long Since)>();
        var told = new HashSet<string>();
        while (true)
        {
            left = [.. left.Where(piece => !TryWork(piece, seen))];
            if (left.Count == 0)
            {
                return;
            }
            foreach (var piece in left.Where(piece => told.Add(piece.Name)))
            {
                waiting?.Invoke(piece.Name);
            }
            if (cancellation.WaitHandle.WaitOne(patience / 8))
            {
                throw new OperationCanceledException(cancellation);
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Held() =>
        Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*.lease").Select(file => Path.GetFileNameWithoutExtension(file)).Order()]
            : [];

    // False: another worker has it.
    private bool TryWork(StudyPiece piece, Dictionary<string, (string Text, long Since)> seen)
    {
        var file = Path.Combine(folder, piece.Name + ".lease");
        if (File.Exists(file) && !(IsDead(file, seen) && TryTakeAway(file)))
        {
            return false;
        }
        if (!TryMake(file))
        {
            return false;
        }
        using (new Timer(_ => CountUp(file), null, patience / 4, patience / 4))
        {
            try
            {
                piece.Work();
            }
            finally
            {
                File.Delete(file);
            }
        }
        return true;
    }

    private bool IsDead(string file, Dictionary<string, (string Text, long Since)> seen)
    {
        var text = Read(file);
        if (text is null)
        {
            return false;
        }
        if (!seen.TryGetValue(file, out var last) || last.Text != text)
        {
            seen[file] = (text, Stopwatch.GetTimestamp());
            return false;
        }
        return Stopwatch.GetElapsedTime(last.Since) > patience;
    }

    // Of several that find it dead one alone can move it.
    private bool TryTakeAway(string file)
    {
        var aside = $"{file}.{owner}.dead";
        try
        {
            File.Move(file, aside);
            File.Delete(aside);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private bool TryMake(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            using var writer = new StreamWriter(stream);
            writer.Write($"{owner} 0");
            return true;
        }
        catch (IOException) when (File.Exists(file))
        {
            return false;
        }
    }

    // A file that was moved away is not made again: its work has gone to another.
    private void CountUp(string file)
    {
        try
        {
            if (Read(file)?.Split(' ') is [var name, var count] && name == owner)
            {
                var next = long.Parse(count, CultureInfo.InvariantCulture) + 1;
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.Read);
                using var writer = new StreamWriter(stream);
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"{owner} {next}"));
            }
        }
        catch (IOException)
        {
            // The next beat tries again; a lease that stands still costs double work and nothing else.
        }
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null;
        }
    }
}

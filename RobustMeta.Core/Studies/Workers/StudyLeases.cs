using System.Globalization;
using RobustMeta.Runtime;

namespace RobustMeta.Studies.Workers;

/// <summary>
/// Claims by files without locks, for workers on several machines with a shared file system: a lease is a file that its owner
/// makes, which no two can, and counts up while it works. A worker that sees the count stand still
/// for <c>patience</c>, measured by its own monotonic clock, or that knows the owner to be dead, renames the lease, which succeeds
/// for one worker only, and does the work. Leases avoid double work; results do not depend on them: a run done twice has
/// the same bytes, and every file is put in place whole.
/// </summary>
public sealed class StudyLeases : IStudyClaims
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private readonly string folder;
    private readonly StudyShard shard;
    private readonly TimeSpan patience;
    private readonly TimeProvider clock;
    private readonly string owner = $"{ProcessOrigin.Current}.{Environment.ProcessId}.{Guid.NewGuid():N}";

    /// <summary>The leases of a worker.</summary>
    /// <param name="folder">Where the leases are; made when missing.</param>
    /// <param name="shard">The worker's part, which it does first.</param>
    /// <param name="patience">How long a lease may stand still before its owner counts as dead; leases are counted up four times as often.</param>
    /// <param name="clock">The clock that it waits and counts by; null: the system's.</param>
    public StudyLeases(string folder, StudyShard shard, TimeSpan patience, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(shard);
        (this.folder, this.shard, this.patience, this.clock) = (folder, shard, patience, clock ?? TimeProvider.System);
    }

    /// <summary>How long a worker may be silent, unless told otherwise.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Is told, on the thread that works, of a lease that could not be kept.</summary>
    public Action<string>? Tell { get; init; }

    /// <inheritdoc/>
    /// <exception cref="IOException">A lease cannot be written, for instance because the disk is full.</exception>
    public void Share(IEnumerable<StudyPiece> pieces, Action<string>? waiting, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var left = shard.Order([.. pieces]).ToList();
        var seen = new Dictionary<string, (string Text, long Since)>();
        var told = new HashSet<string>();
        var own = left.Take(shard.OwnOf(left.Count)).ToHashSet();
        for (var pause = ShortestPause; ; pause = Shorter(pause * 2, patience / 8))
        {
            left = [.. left.Where(piece => !(IsOthersAndDone(piece, own) || TryWork(piece, seen)))];
            if (left.Count == 0)
            {
                return;
            }
            foreach (var piece in left.Where(piece => told.Add(piece.Name)))
            {
                waiting?.Invoke(piece.Name);
            }
            if (cancellation.WaitHandle.WaitOne(pause))
            {
                throw new OperationCanceledException(cancellation);
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Held() =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .GetFiles(folder, "*.lease")
                    .Where(file => Read(file) is { } text && !IsOfDeadProcess(text))
                    .Select(file => Path.GetFileNameWithoutExtension(file))
                    .Order(),
            ]
            : [];

    // One's own pieces are looked through file by file.
    private static bool IsOthersAndDone(StudyPiece piece, HashSet<StudyPiece> own) =>
        !own.Contains(piece) && piece.IsDone?.Invoke() == true;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    // False: another worker has it.
    private bool TryWork(StudyPiece piece, Dictionary<string, (string Text, long Since)> seen)
    {
        var file = Path.Combine(folder, piece.Name + ".lease");
        if (File.Exists(file) && !(IsDead(file, seen) && TryTakeAway(file)))
        {
            return false;
        }
        var lease = new HeldLease(file, owner);
        if (!lease.TryMake())
        {
            return false;
        }
        using (clock.CreateTimer(_ => lease.CountUp(), null, patience / 4, patience / 4))
        {
            try
            {
                piece.Work();
            }
            finally
            {
                lease.GiveBack();
            }
        }
        if (lease.Trouble is { } trouble)
        {
            Tell?.Invoke(
                $"The lease {file} could not be kept: {trouble}. The piece is done; another worker may have done it too, with the "
                    + "same results."
            );
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
        if (IsOfDeadProcess(text))
        {
            return true;
        }
        if (!seen.TryGetValue(file, out var last) || last.Text != text)
        {
            seen[file] = (text, clock.GetTimestamp());
            return false;
        }
        return clock.GetElapsedTime(last.Since) > (HasOwner(text) ? patience : patience / 8);
    }

    // A file is without one while it is being made, which takes no time, and where its worker was killed just then.
    private static bool HasOwner(string text) => text.Contains(' ', StringComparison.Ordinal);

    // A worker of one's own machine is known to be dead without waiting.
    private static bool IsOfDeadProcess(string text) =>
        text.Split(' ')[0].Split('.') is [var origin, var process, _]
        && origin == ProcessOrigin.Current
        && int.TryParse(process, CultureInfo.InvariantCulture, out var number)
        && !ProcessOrigin.IsAlive(number);

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

    // Null: it is not there.
    private static string? Read(string file)
    {
        try
        {
            return RegularFile.Text(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // What cannot be read names no owner.
            return Path.Exists(file) ? "" : null;
        }
    }
}

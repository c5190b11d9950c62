using System.Globalization;
using RobustMeta.Runtime;

namespace RobustMeta.Studies.Workers;

/// <summary>A lease that a worker holds: a file with the owner's name and a count, which the owner raises while it works.</summary>
/// <param name="file">The file.</param>
/// <param name="owner">Name of the worker; without blanks.</param>
internal sealed class HeldLease(string file, string owner)
{
    // "File exists" of Linux and macOS, and that of Windows.
    private static readonly int[] ExistsCodes = [17, unchecked((int)0x80070050)];
    private const string Gone = "it has gone to another worker";
    private readonly Lock gate = new();
    private long count;
    private bool isGivenBack;

    /// <summary>What went wrong first in keeping the lease; null where nothing did. Complete when it is given back.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Makes the file, whole or not at all.</summary>
    /// <returns>False: another worker has made it.</returns>
    /// <exception cref="IOException">It cannot be written, for instance because the disk is full.</exception>
    public bool TryMake()
    {
        try
        {
            using var made = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        }
        catch (IOException error) when (ExistsCodes.Contains(error.HResult) && !Directory.Exists(file))
        {
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unwritten(error);
        }
        try
        {
            Write();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Without an owner it would only keep others waiting.
            Remove();
            throw Unwritten(error);
        }
    }

    /// <summary>
    /// Raises the count; ends in no exception, since a timer calls it. A file that was moved away is not made again: its work has gone
    /// to another. After a failure the next call tries again; a lease that stands still costs double work and nothing else.
    /// </summary>
    public void CountUp()
    {
        lock (gate)
        {
            // The timer may call once more after its end.
            if (!isGivenBack)
            {
                TryCountUp();
            }
        }
    }

    private void TryCountUp()
    {
        try
        {
            var words = RegularFile.Text(file).Split(' ');
            if (words[0] != owner)
            {
                Note(words.Length == 2 ? Gone : "it was damaged");
                return;
            }
            if (words.Length != 2 || !long.TryParse(words[1], CultureInfo.InvariantCulture, out _))
            {
                Note("it was damaged, and is written anew");
            }
            count++;
            Write();
        }
        catch (FileNotFoundException)
        {
            Note(Gone);
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            Note(error.Message);
        }
    }

    /// <summary>Removes the file, unless another worker has taken the lease over.</summary>
    public void GiveBack()
    {
        lock (gate)
        {
            isGivenBack = true;
            TryGiveBack();
        }
    }

    private void TryGiveBack()
    {
        try
        {
            if (File.Exists(file) && RegularFile.Text(file).Split(' ')[0] == owner)
            {
                File.Delete(file);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Note(error.Message);
        }
    }

    // In place and cut afterwards: an empty file would be one without an owner.
    private void Write()
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.Read, 1);
        stream.Write(
            System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{owner} {count}"))
        );
        stream.SetLength(stream.Position);
    }

    private void Note(string reason) => Trouble ??= reason;

    private void Remove()
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one to tell; a lease without an owner is taken over soon.
        }
    }

    private IOException Unwritten(Exception error) =>
        new(
            $"The lease {file} cannot be written: {error.Message.TrimEnd('.')}. Free space or give the right to write there, and "
                + "start the worker again; it goes on where it was.",
            error
        );
}

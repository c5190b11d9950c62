using System.Buffers;
using System.Text;

namespace RobustMeta.Data.Reading;

/// <summary>Finds where bytes stop being UTF-8.</summary>
internal static class InvalidUtf8
{
    /// <summary>Place, from 0, of the first byte that is not part of a character; the bytes hold one.</summary>
    public static int First(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var used) == OperationStatus.Done)
        {
            at += used;
        }
        return at;
    }
}

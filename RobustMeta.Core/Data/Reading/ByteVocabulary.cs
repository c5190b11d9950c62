using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace RobustMeta.Data.Reading;

/// <summary>
/// Numbers tokens given as UTF-8 in order of first appearance: a hash table over their bytes, so that a token that is
/// known costs no decoding.
/// </summary>
internal sealed class ByteVocabulary
{
    // Chosen anew in each process, so that no file can be made to fill one place of the table.
    private static readonly ulong Key = ((ulong)Random.Shared.NextInt64() << 1) | 1;
    private int count;
    private byte[] bytes = new byte[1 << 12];
    private int[] ends = new int[1 << 8];

    // Index + 1 of the token at a place; 0 where there is none.
    private int[] places = new int[1 << 10];
    private int last = -1;

    /// <summary>Number of tokens so far.</summary>
    public int Count => count;

    /// <summary>The index of a token, which is added when new.</summary>
    /// <exception cref="DecoderFallbackException">A new token is not UTF-8.</exception>
    public int Add(ReadOnlySpan<byte> token)
    {
        // Files are often sorted by user.
        if (last >= 0 && Bytes(last).SequenceEqual(token))
        {
            return last;
        }
        var mask = places.Length - 1;
        for (var place = (int)Hash(token) & mask; ; place = (place + 1) & mask)
        {
            var index = places[place] - 1;
            if (index < 0)
            {
                return last = Insert(token, place);
            }
            if (Bytes(index).SequenceEqual(token))
            {
                return last = index;
            }
        }
    }

    /// <summary>Adds the tokens of another in their order, and gives their indices here.</summary>
    public int[] AddAll(ByteVocabulary other)
    {
        var indices = new int[other.Count];
        for (var index = 0; index < indices.Length; index++)
        {
            indices[index] = Add(other.Bytes(index));
        }
        return indices;
    }

    /// <summary>The finished vocabulary.</summary>
    public Vocabulary Build() =>
        Vocabulary.Of(Enumerable.Range(0, count).Select(index => Encoding.UTF8.GetString(Bytes(index))));

    private ReadOnlySpan<byte> Bytes(int index)
    {
        var start = index == 0 ? 0 : ends[index - 1];
        return bytes.AsSpan(start, ends[index] - start);
    }

    private int Insert(ReadOnlySpan<byte> token, int place)
    {
        if (!Utf8.IsValid(token))
        {
            throw new DecoderFallbackException("The token is not UTF-8.");
        }
        var index = count++;
        var start = index == 0 ? 0 : ends[index - 1];
        if (start + token.Length > bytes.Length)
        {
            Array.Resize(ref bytes, 2 * (start + token.Length));
        }
        if (index == ends.Length)
        {
            Array.Resize(ref ends, 2 * ends.Length);
        }
        token.CopyTo(bytes.AsSpan(start));
        ends[index] = start + token.Length;
        places[place] = index + 1;
        if (2 * count > places.Length)
        {
            Grow();
        }
        return index;
    }

    private void Grow()
    {
        places = new int[2 * places.Length];
        var mask = places.Length - 1;
        for (var index = 0; index < count; index++)
        {
            var place = (int)Hash(Bytes(index)) & mask;
            while (places[place] != 0)
            {
                place = (place + 1) & mask;
            }
            places[place] = index + 1;
        }
    }

    private static uint Hash(ReadOnlySpan<byte> token)
    {
        var hash = (ulong)token.Length * Key;
        for (; token.Length >= sizeof(ulong); token = token[sizeof(ulong)..])
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(token));
        }
        ulong tail = 0;
        foreach (var x in token)
        {
            tail = (tail << 8) | x;
        }
        return (uint)(Mix(hash ^ tail) >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong x)
    {
        x *= Key;
        return (x ^ (x >> 29)) * 0x9E3779B97F4A7C15UL;
    }
}

using System.Collections;
using System.Runtime.InteropServices;

namespace RobustMeta.Runtime.Vectors;

/// <summary>
/// Numbers, zero at first, that start at a cache line and do not move, so that a vector is loaded from one line and a row of a table
/// lies in as few as can be. An array of its own would start wherever the garbage collector puts it: rows of 32 floats then have three
/// lines each in place of two. As with arrays, <see cref="object.Equals(object)"/> and <c>==</c> of C# ask whether two are one object, <c>=</c> of F#
/// whether their numbers are equal.
/// </summary>
/// <typeparam name="T">Type of the numbers: of 1, 2, 4 or 8 bytes.</typeparam>
public sealed unsafe class AlignedNumbers<T> : IReadOnlyList<T>, IStructuralEquatable
    where T : unmanaged
{
    private const int Line = 64;

    // Pinned, and longer than needed by a line.
    private readonly T[] memory;
    private readonly int first;

    /// <summary>Some zeros.</summary>
    /// <param name="length">How many; below <see cref="Array.MaxLength"/> by a cache line at least.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="OverflowException">There are more than an array can hold.</exception>
    /// <exception cref="NotSupportedException">The type has another size.</exception>
    public AlignedNumbers(long length)
    {
        // Arrays start at multiples of eight bytes: larger numbers may have no place at a cache line.
        if (sizeof(T) is not (1 or 2 or 4 or 8))
        {
            throw new NotSupportedException(
                $"{typeof(T).Name} has {sizeof(T)} bytes; expected a type of 1, 2, 4 or 8."
            );
        }
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > Array.MaxLength - Line / sizeof(T))
        {
            throw new OverflowException(
                $"{length} numbers are more than an array can hold; expected {Array.MaxLength - Line / sizeof(T)} at most."
            );
        }
        memory = GC.AllocateArray<T>((int)length + Line / sizeof(T), pinned: true);
        fixed (T* start = memory)
        {
            Start = (T*)(((nuint)start + Line - 1) / Line * Line);
            first = (int)(Start - start);
        }
        Length = (int)length;
    }

    /// <summary>A copy of some numbers.</summary>
    /// <param name="values">The numbers.</param>
    public AlignedNumbers(ReadOnlySpan<T> values)
        : this(values.Length) => values.CopyTo(AsSpan());

    /// <summary>The first number. The memory belongs to the garbage collector: the pointer is good as long as somebody holds the instance.</summary>
    internal T* Start { get; }

    /// <summary>How many there are.</summary>
    public int Length { get; }

    /// <inheritdoc/>
    int IReadOnlyCollection<T>.Count => Length;

    /// <summary>A number, to be read or written.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such place.</exception>
    public ref T this[int index] => ref AsSpan()[index];

    /// <inheritdoc/>
    T IReadOnlyList<T>.this[int index] => this[index];

    /// <summary>All of them.</summary>
    public Span<T> AsSpan() => memory.AsSpan(first, Length);

    /// <summary>Some of them.</summary>
    /// <param name="start">Place of the first.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not all within.</exception>
    public Span<T> AsSpan(int start, int length) => AsSpan().Slice(start, length);

    /// <summary>Some of them: <c>numbers[1..3]</c> in C#.</summary>
    /// <param name="start">Place of the first.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not all within.</exception>
    public Span<T> Slice(int start, int length) => AsSpan(start, length);

    /// <summary>All of them, to be kept.</summary>
    public Memory<T> AsMemory() => memory.AsMemory(first, Length);

    /// <summary>A copy of all.</summary>
    public T[] ToArray() => AsSpan().ToArray();

    /// <summary>
    /// The first number, for <c>fixed</c>. Not public: what F# compiles of its own <c>fixed</c> ends the process at the next collection
    /// where an object, not a span, gives the reference.
    /// </summary>
    internal ref T GetPinnableReference() => ref MemoryMarshal.GetReference(AsSpan());

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0; i < Length; i++)
        {
            yield return memory[first + i];
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether another has the same numbers: what <c>=</c> asks of arrays, and so of these, in F#.</summary>
    bool IStructuralEquatable.Equals(object? other, IEqualityComparer comparer)
    {
        if (other is not AlignedNumbers<T> numbers || numbers.Length != Length)
        {
            return false;
        }
        for (var i = 0; i < Length; i++)
        {
            if (!comparer.Equals(this[i], numbers[i]))
            {
                return false;
            }
        }
        return true;
    }

    /// <inheritdoc/>
    int IStructuralEquatable.GetHashCode(IEqualityComparer comparer) =>
        HashCode.Combine(Length, Length == 0 ? 0 : comparer.GetHashCode(this[0]));

    /// <summary>All of them; none of null, as of an array that is null.</summary>
    public static implicit operator Span<T>(AlignedNumbers<T>? numbers) => numbers is null ? default : numbers.AsSpan();

    /// <summary>All of them, to be read; none of null.</summary>
    public static implicit operator ReadOnlySpan<T>(AlignedNumbers<T>? numbers) =>
        numbers is null ? default : numbers.AsSpan();
}

namespace RobustMeta.Runtime.Vectors;

/// <summary>
/// Numbers, zero at first, that start at a cache line and do not move, so that vectors are loaded from one line each. The memory
/// belongs to the garbage collector: the pointer is good as long as somebody holds the instance.
/// </summary>
internal sealed unsafe class AlignedNumbers
{
    private const int Line = 64;

    // Held for its memory.
    private readonly double[] numbers;

    /// <summary>Some zeros.</summary>
    /// <param name="length">How many; below <see cref="Array.MaxLength"/> by 8 at least.</param>
    public AlignedNumbers(long length)
    {
        numbers = GC.AllocateArray<double>(checked((int)(length + Line / sizeof(double))), pinned: true);
        fixed (double* first = numbers)
        {
            Start = (double*)(((nuint)first + Line - 1) / Line * Line);
        }
        Length = length;
    }

    /// <summary>The first number.</summary>
    public double* Start { get; }

    /// <summary>How many there are.</summary>
    public long Length { get; }

    /// <summary>Some of them.</summary>
    public Span<double> Part(long first, int count) => new(Start + first, count);
}

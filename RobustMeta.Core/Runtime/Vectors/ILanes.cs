namespace RobustMeta.Runtime.Vectors;

/// <summary>
/// A vector of numbers that one instruction works on. The kernels are written once against this interface; the run-time
/// compiler makes a copy for each implementing structure and inlines it, so that nothing of the interface is left. Loads
/// and stores go through pointers to the vector type.
/// </summary>
internal interface ILanes<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Whether there are 32 registers, enough for tiles of 8 × 2 and 6 × 4 vectors; otherwise 6 × 2.</summary>
    static abstract bool HasManyRegisters { get; }

    /// <summary>The same number in all lanes.</summary>
    static abstract TVector Broadcast(T value);

    /// <summary>a·b + c with one rounding where the hardware has it.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Add(TVector a, TVector b);

    /// <summary>where x &gt; 0 then positive else other, lane by lane.</summary>
    static abstract TVector WherePositive(TVector x, TVector positive, TVector other);

    static abstract T Sum(TVector value);

    /// <summary>target[i] = scale·(sum of vector i + shift), i = 0 … 3.</summary>
    static abstract unsafe void StoreSums(
        TVector first,
        TVector second,
        TVector third,
        TVector fourth,
        T scale,
        T shift,
        T* target
    );
}

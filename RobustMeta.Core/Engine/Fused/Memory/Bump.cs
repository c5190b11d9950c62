namespace RobustMeta.Engine.Fused.Memory;

/// <summary>
/// Hands out pieces of a region in order, each at a cache line. Started at null it only measures: the same code says how
/// much it needs and where its pieces are.
/// </summary>
internal unsafe struct Bump<T>(T* start)
    where T : unmanaged
{
    private const int Line = 64;

    /// <summary>Numbers handed out so far.</summary>
    public long Taken { get; private set; }

    public T* Take(long n)
    {
        var piece = start + Taken;
        Taken += (n * sizeof(T) + Line - 1) / Line * Line / sizeof(T);
        return piece;
    }
}

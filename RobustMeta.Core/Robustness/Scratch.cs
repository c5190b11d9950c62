using System.Buffers;

namespace RobustMeta.Robustness;

/// <summary>Pooled working memory for one computation: hot loops allocate nothing. Dispose gives it back.</summary>
internal readonly ref struct Scratch : IDisposable
{
    private readonly double[] rented;

    public Scratch(int length)
    {
        rented = ArrayPool<double>.Shared.Rent(length);
        Values = rented.AsSpan(0, length);
    }

    // What it holds at first is arbitrary.
    public Span<double> Values { get; }

    public void Dispose() => ArrayPool<double>.Shared.Return(rented);
}

using System.Numerics;
using System.Runtime.CompilerServices;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>
/// An embedding table and its gradient, of which a batch touches few rows. A row's first adjoint is written, the others
/// are added; rows that the batch before had touched and this one has not are cleared at the end.
/// </summary>
/// <param name="arrays">Values and gradients.</param>
/// <param name="name">Name of the parameter.</param>
/// <param name="rows">Number of rows.</param>
internal sealed unsafe class EmbeddingTable<T>(ParameterArrays<T> arrays, string name, int rows)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly bool[] isTouched = new bool[rows];
    private int[] touched = new int[16];
    private int[] before = new int[16];
    private int count;
    private int countBefore;

    /// <summary>Name of the parameter.</summary>
    public string Name => name;

    /// <summary>Number of rows.</summary>
    public int Rows => rows;

    /// <summary>Values, row by row.</summary>
    public AlignedNumbers<T> Values { get; } = arrays.Values(name);

    /// <summary>Gradients, row by row; zero but for touched rows.</summary>
    public AlignedNumbers<T> Gradient { get; } = arrays.Gradient(name);

    /// <summary>Rows that the last batch touched.</summary>
    public ReadOnlyMemory<int> Touched => touched.AsMemory(0, count);

    /// <summary>Begins a batch.</summary>
    public void Begin()
    {
        foreach (var row in Touched.Span)
        {
            isTouched[row] = false;
        }
        (touched, before) = (before, touched);
        (count, countBefore) = (0, count);
    }

    /// <summary>Notes a row, and says whether it is the batch's first time, when its old gradient does not count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Touch(int row)
    {
        if (isTouched[row])
        {
            return false;
        }
        isTouched[row] = true;
        if (count == touched.Length)
        {
            Grow();
        }
        touched[count++] = row;
        return true;
    }

    private void Grow() => Array.Resize(ref touched, 2 * count);

    /// <summary>Ends a batch.</summary>
    public void End()
    {
        var width = Gradient.Length / rows;
        fixed (T* gradient = Gradient)
        {
            for (var i = 0; i < countBefore; i++)
            {
                if (i + TableRow<T>.Ahead < countBefore)
                {
                    TableRow<T>.Prefetch(gradient + (long)before[i + TableRow<T>.Ahead] * width, width);
                }
                if (!isTouched[before[i]])
                {
                    TableRow<T>.Clear(gradient + (long)before[i] * width, width);
                }
            }
        }
        countBefore = 0;
    }
}

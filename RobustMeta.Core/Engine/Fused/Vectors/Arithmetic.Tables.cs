using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RobustMeta.Engine.Fused.Vectors;

/// <content>Numbers looked up in small tables.</content>
internal sealed unsafe partial class Arithmetic<L, V, T>
{
    public override void AddLookedUp(T* table, int size, int* chosen, T* y, int n)
    {
        var i = 0;
        if (typeof(V) == typeof(Vector512<float>) && Avx512F.IsSupported && size <= 2 * Vector512<float>.Count)
        {
            i = AddLookedUpInRegisters((float*)table, chosen, (float*)y, n);
        }
        for (; i < n; i++)
        {
            y[i] += table[chosen[i]];
        }
    }

    // A table of at most 32 numbers stays in two registers. Returns how many numbers are done, a multiple of 16.
    private static int AddLookedUpInRegisters(float* table, int* chosen, float* y, int n)
    {
        var low = Vector512.Load(table);
        var high = Vector512.Load(table + Vector512<float>.Count);
        var i = 0;
        for (; i + Vector512<float>.Count <= n; i += Vector512<float>.Count)
        {
            var found = Avx512F.PermuteVar16x32x2(low, Vector512.Load(chosen + i), high);
            (Vector512.Load(y + i) + found).Store(y + i);
        }
        return i;
    }
}

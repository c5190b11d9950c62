using TorchSharp;

namespace RobustMeta.Engine;

/// <summary>Makes libtorch do all work of a thread on that thread.</summary>
internal static class TorchThread
{
    [ThreadStatic]
    private static bool isSingle;

    /// <summary>
    /// To be called on a thread before its first operator. libtorch keeps the number of its own threads for each of ours:
    /// setting it once, on the thread that loads the library, leaves the others at one a processor, which would compete with
    /// each other and sum in another order.
    /// </summary>
    public static void Enter()
    {
        if (!isSingle)
        {
            torch.set_num_threads(1);
            isSingle = true;
        }
    }
}

using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace RobustMeta.Serving;

/// <summary>The one thread of the process on which serving works with libtorch, which must not be used from several.</summary>
internal static class ServingThread
{
    private static readonly Lazy<BlockingCollection<Action>> Work = new(Start);

    /// <summary>Does something on the thread and waits for it; an error comes out as it was thrown.</summary>
    public static T Run<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        using var done = new ManualResetEventSlim();
        Work.Value.Add(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
            done.Set();
        });
        done.Wait();
        failure?.Throw();
        return result!;
    }

    private static BlockingCollection<Action> Start()
    {
        var work = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            foreach (var piece in work.GetConsumingEnumerable())
            {
                piece();
            }
        })
        {
            IsBackground = true,
            Name = "serving",
        };
        thread.Start();
        return work;
    }
}

namespace RobustMeta.Benchmarks.Contenders;

/// <summary>A contender does not start, or ends before its time.</summary>
/// <param name="message">Who, and its last words.</param>
/// <param name="inner">What the system said, if anything.</param>
internal sealed class ContenderException(string message, Exception? inner = null)
    : Exception(
        $"{message}\nPeers need a Python with PyTorch: Debian's package python3-torch, or another interpreter by the "
            + "setting 'python'. The setting 'only' of peers leaves contenders out, 'peers false' those of models.",
        inner
    );

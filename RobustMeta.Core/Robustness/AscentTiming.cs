namespace RobustMeta.Robustness;

/// <summary>When weights ascend.</summary>
public enum AscentTiming
{
    /// <summary>After every batch, the weights of its users.</summary>
    Batch,

    /// <summary>After every epoch, all weights, with the streaming averages of the losses.</summary>
    Epoch,
}

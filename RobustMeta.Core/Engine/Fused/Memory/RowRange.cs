namespace RobustMeta.Engine.Fused.Memory;

/// <summary>Some interactions of a batch, one after the other.</summary>
/// <param name="First">First row.</param>
/// <param name="Count">Number of rows.</param>
internal readonly record struct RowRange(int First, int Count);

namespace RobustMeta.Engine.Fused.Memory;

/// <summary>Fields that stand side by side.</summary>
/// <param name="Start">First column among the side's inputs.</param>
/// <param name="Width">Number of columns.</param>
/// <param name="FirstField">First field.</param>
/// <param name="EndField">One past the last field.</param>
internal readonly record struct ColumnRange(int Start, int Width, int FirstField, int EndField);

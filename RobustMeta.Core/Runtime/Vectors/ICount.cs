namespace RobustMeta.Runtime.Vectors;

/// <summary>A small number as a type.</summary>
internal interface ICount
{
    /// <summary>The number.</summary>
    static abstract int Count { get; }
}

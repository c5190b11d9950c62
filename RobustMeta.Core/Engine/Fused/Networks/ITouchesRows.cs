namespace RobustMeta.Engine.Fused.Networks;

/// <summary>What gives gradients to a few rows of embedding tables beside those of a batch's sides.</summary>
internal interface ITouchesRows
{
    /// <summary>Names of the tables and the rows that the last batch touched.</summary>
    IEnumerable<(string Name, ReadOnlyMemory<int> Rows)> Touched { get; }
}

namespace RobustMeta.Engine.Fused.Networks;

/// <summary>Which fields of an entity its row of inputs holds.</summary>
internal enum RowFields
{
    /// <summary>All.</summary>
    All,

    /// <summary>All but paired ones, see <see cref="Memory.EmbeddingTables{T}.IsPaired"/>.</summary>
    Unpaired,

    /// <summary>Those that are not shared, see <see cref="Memory.EmbeddingTables{T}.Plan"/>.</summary>
    Own,
}

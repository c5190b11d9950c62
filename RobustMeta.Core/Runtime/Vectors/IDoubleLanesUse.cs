namespace RobustMeta.Runtime.Vectors;

/// <summary>Something that is made for one width of vectors; see <see cref="VectorBits.OfDoubles"/>.</summary>
internal interface IDoubleLanesUse<out TResult>
{
    /// <summary>What is made for some lanes.</summary>
    TResult With<L, V>()
        where L : struct, ILanes<V, double>
        where V : unmanaged;
}

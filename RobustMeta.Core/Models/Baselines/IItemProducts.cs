namespace RobustMeta.Models.Baselines;

/// <summary>Inner products of the columns of the user-item matrix.</summary>
public interface IItemProducts
{
    /// <summary>Whether a training user rated an item.</summary>
    /// <param name="item">Dense index.</param>
    bool Knows(int item);

    /// <summary>Inner product of two columns, 0 where no training user rated one of them.</summary>
    /// <param name="a">An item.</param>
    /// <param name="b">Another, or the same.</param>
    double Product(int a, int b);
}

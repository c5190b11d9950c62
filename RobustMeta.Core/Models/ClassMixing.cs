namespace RobustMeta.Models;

/// <summary>How LWA mixes the two class representatives to the weights of a user's linear classifier.</summary>
public enum ClassMixing
{
    /// <summary>One factor a class, as published.</summary>
    Scalar,

    /// <summary>One factor a class and dimension.</summary>
    Diagonal,

    /// <summary>A matrix a class.</summary>
    Matrix,
}

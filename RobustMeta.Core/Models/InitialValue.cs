namespace RobustMeta.Models;

/// <summary>How a parameter starts.</summary>
public enum InitialValue
{
    /// <summary>Uniform in ± scale.</summary>
    Uniform,

    /// <summary>Normal with standard deviation scale; the first row zero (the unknown token).</summary>
    NormalRows,

    /// <summary>Normal with standard deviation scale.</summary>
    Normal,

    /// <summary>The scale itself, everywhere.</summary>
    Constant,
}

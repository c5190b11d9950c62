namespace RobustMeta.Models;

/// <summary>How TaNP's decoder is modulated by the task.</summary>
public enum Modulation
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Feature-wise scale and shift (FiLM).</summary>
    Film,

    /// <summary>Scale and shift passed through gates (gating FiLM).</summary>
    GatingFilm,
}

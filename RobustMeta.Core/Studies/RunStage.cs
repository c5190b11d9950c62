namespace RobustMeta.Studies;

/// <summary>What a run of a study is for.</summary>
public enum RunStage
{
    /// <summary>A candidate of the tuning that all methods of a base model share, with the first method.</summary>
    SharedTuning,

    /// <summary>A candidate of a method's own tuning.</summary>
    MethodTuning,

    /// <summary>A run that is reported.</summary>
    Report,
}

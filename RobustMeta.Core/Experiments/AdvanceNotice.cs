namespace RobustMeta.Experiments;

/// <summary>Something to know of an experiment before anything is trained.</summary>
/// <param name="About">What it is about: experiments that differ in seed alone have the same notices about the same.</param>
/// <param name="Text">A line for the user.</param>
public sealed record AdvanceNotice(string About, string Text);

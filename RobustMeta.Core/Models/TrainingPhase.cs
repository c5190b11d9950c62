using System.Collections.Immutable;

namespace RobustMeta.Models;

/// <summary>
/// A part of a model's training: which parameters are learned. Most models have one phase that learns all; those that
/// are pretrained have one before it. The trainer runs the phases in order, the last one with its own number of epochs.
/// </summary>
/// <param name="Name">Name, unique in the model; the model tells by it which objective to give.</param>
public sealed record TrainingPhase(string Name)
{
    /// <summary>The only phase of most models: everything is learned.</summary>
    public static TrainingPhase Main { get; } = new("main");

    /// <summary>Names of the parameters that are learned; empty for all. State is never among them.</summary>
    public ImmutableHashSet<string> Learned { get; init; } = [];

    /// <summary>Number of epochs; null for those of the trainer. Every phase but the last says it.</summary>
    public int? Epochs { get; init; }

    /// <summary>Learning rate; null for that of the trainer.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Whether the phase learns a parameter.</summary>
    public bool Learns(Parameter parameter) =>
        !parameter.IsState && (Learned.IsEmpty || Learned.Contains(parameter.Name));
}

using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// The hyper-parameters of a method that is fitted without meta-learning, and how to fit it. A baseline of your own is a class
/// that inherits this one, in C# or F#, with a parameterless constructor; once it is in <see cref="Registry"/> it can be named
/// in specs like those of the library.
/// </summary>
public abstract class BaselineSpec : MethodSpec
{
    /// <summary>What the method does with items that no training user rated, in one line.</summary>
    public abstract string NewItems { get; }

    /// <inheritdoc/>
    public sealed override string Meaning => $"a baseline, fitted without meta-learning; new items: {NewItems}";

    /// <summary>Fits the baseline.</summary>
    /// <param name="source">Ratings and labels.</param>
    /// <param name="train">Meta-training tasks: supports and queries are learned from.</param>
    /// <param name="seed">Seed of anything random; same seed, same scores.</param>
    public abstract IPredictor Fit(TaskSource source, ImmutableArray<UserTask> train, long seed);

    /// <inheritdoc/>
    public sealed override IPredictor Fit(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Fit(context.Source, context.Train, context.Seed);
    }

    /// <summary>All baselines at their defaults, by name: those of this library, and those that were added.</summary>
    public static Registry<BaselineSpec> Registry { get; } =
        new("baseline", spec => spec.Name, Registry<BaselineSpec>.Examples(typeof(BaselineSpec).Assembly));
}

using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Models;

/// <summary>
/// A method that is compared with others: all its settings, and how it is fitted. Meta-recommenders
/// (<c>Experiments.MetaMethodSpec</c>: model, features, training, robustness, engine) and baselines
/// (<see cref="Baselines.BaselineSpec"/>) are methods, and wherever one of them can stand the other can.
/// </summary>
public abstract class MethodSpec : Spec
{
    /// <summary>Name of the kind of method: that of its model, or of the baseline. The key <c>model</c> of spec files.</summary>
    public abstract string Name { get; }

    /// <summary>Name of the method in results, made of its kind and of the settings that make it another method.</summary>
    public virtual string DisplayName => Name;

    /// <summary>What the method does with these settings, in one line.</summary>
    public abstract string Meaning { get; }

    /// <summary>
    /// Whether settings and data determine the results. Where they do not, as with a file that may change, finished runs are measured
    /// anew.
    /// </summary>
    public virtual bool IsDetermined => true;

    /// <summary>Throws where settings do not go together.</summary>
    /// <exception cref="SettingException">They do not; the message says what would.</exception>
    public virtual void RequireValid() { }

    /// <summary>Fits the method to training tasks.</summary>
    /// <param name="context">What it learns from.</param>
    /// <returns>Scores new users from their supports. To be disposed of where it is disposable.</returns>
    public abstract IPredictor Fit(FitContext context);
}

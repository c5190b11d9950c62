using System.Collections.Immutable;
using RobustMeta.Settings;

namespace RobustMeta.Shift;

/// <summary>
/// A way in which test data differ from training data: turns a split and its ratings into numbered test sets, each with a
/// coordinate on a named axis. Its public settable properties marked with <see cref="SettingAttribute"/> are settings of any
/// experiment that names it (<c>shift exponentialTilt betas -1,0,1</c>). To add one, inherit (in C# or F#), give it a
/// parameterless constructor and hand an example to <see cref="Registry"/>.
/// </summary>
public abstract class ShiftProtocol
{
    /// <summary>All protocols, by name: those of this library and those added from outside.</summary>
    public static Registry<ShiftProtocol> Registry { get; } =
        new(
            "shift protocol",
            protocol => protocol.Name,
            Registry<ShiftProtocol>.Examples(typeof(ShiftProtocol).Assembly)
        );

    /// <summary>Name in specs, in camel case, e.g. <c>exponentialTilt</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What shifts, in one line, for help and docs.</summary>
    public abstract string Meaning { get; }

    /// <summary>Name of the axis that test sets have their coordinates on, e.g. <c>beta</c>; a column of result files.</summary>
    public abstract string AxisName { get; }

    /// <summary>The test sets, numbered from 0 in order.</summary>
    /// <param name="input">Ratings, split, and what a query must hold to be measured.</param>
    /// <returns>At least one test set; the same for the same input and settings.</returns>
    /// <exception cref="SettingException">The data do not allow it; the message names the setting that would.</exception>
    public abstract ImmutableArray<ShiftedTestSet> TestSets(ShiftInput input);
}

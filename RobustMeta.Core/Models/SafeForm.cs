using RobustMeta.Models.Factors;

namespace RobustMeta.Models;

/// <summary>
/// A model written down as data: two factorisations that share nothing, one informed by exposure and a plain one, whose scores are
/// weighed for each user by the evidence for the first (<see cref="PriorKind.Safe"/>). The parameters of the plain one are named by
/// <see cref="NameOfPlain"/>, what the evidence is added to is <c>exposure.odds [1]</c>.
/// </summary>
/// <param name="Informed">The factorisation that is informed by exposure.</param>
/// <param name="Plain">The one that is not.</param>
public sealed record SafeForm(FactorForm Informed, FactorForm Plain)
{
    /// <summary>Name of the odds.</summary>
    internal const string Odds = "exposure.odds";

    private const string Prefix = "plain.";

    /// <summary>Name in the whole model of a parameter of the plain one.</summary>
    internal static string NameOfPlain(string name) => Prefix + name;

    /// <summary>Whether a parameter is one of the plain model's.</summary>
    internal static bool IsPlain(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Name of a parameter of the plain one in that model.</summary>
    internal static string WithinPlain(string name) => name[Prefix.Length..];
}

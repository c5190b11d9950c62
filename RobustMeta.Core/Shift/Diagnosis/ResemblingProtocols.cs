using System.Collections.Immutable;
using RobustMeta.Settings;

namespace RobustMeta.Shift.Diagnosis;

/// <summary>Which protocols make shifts like an observed one.</summary>
internal static class ResemblingProtocols
{
    /// <summary>The protocols that draw test sets, each at its best strength, the most alike first.</summary>
    /// <param name="input">Ratings and split.</param>
    /// <param name="populations">Features.</param>
    /// <param name="observed">Differences of users and interactions, by level and feature.</param>
    public static IReadOnlyList<Resemblance> Of(
        ShiftInput input,
        Populations populations,
        IReadOnlyList<FeatureShift> observed
    )
    {
        var size = observed.Sum(f => f.Difference * f.Difference);
        return size == 0
            ? []
            :
            [
                .. Candidates()
                    .SelectMany(candidate =>
                        Sets(candidate.Protocol, input)
                            .Where(set => set.Coordinate != 0)
                            .Select(set => Resemblance(candidate.Name, candidate.Protocol.AxisName, set))
                            .OrderByDescending(r => r.Explained)
                            .Take(1)
                    )
                    .OrderByDescending(r => r.Explained)
                    .ThenBy(r => r.Protocol, StringComparer.Ordinal),
            ];

        Resemblance Resemblance(string name, string axis, ShiftedTestSet set)
        {
            var made = Compared(populations.Beside(set.Tasks, set.Source ?? input.Source));
            var missed = observed.Zip(made, (seen, own) => seen.Difference - own.Difference).Sum(d => d * d);
            return new(name, axis, set.Coordinate, 1 - missed / size);
        }
    }

    /// <summary>The differences that shifts are compared by: those of users and of interactions.</summary>
    public static IReadOnlyList<FeatureShift> Compared(IReadOnlyList<LevelSamples> levels) =>
        [.. levels[0].Features(), .. levels[2].Features()];

    // As registered; and tilts along one property at a time, which say what it is that tilts. Supports are no population that
    // is compared.
    private static IEnumerable<(string Name, ShiftProtocol Protocol)> Candidates()
    {
        foreach (
            var protocol in ShiftProtocol
                .Registry.All.Values.OfType<WeightedDraw>()
                .Where(protocol => protocol is not ExposureDraw)
        )
        {
            yield return (protocol.Name, protocol);
        }
        foreach (var along in NamedProperties)
        {
            yield return (
                $"exponentialTilt userShift {Camel(along)} interactionShift none",
                new ExponentialTilt
                {
                    UserShift = along,
                    InteractionShift = InteractionShiftProperty.None,
                    Betas = [-2, -1, 1, 2],
                }
            );
        }
        foreach (
            var along in (InteractionShiftProperty[])
                [InteractionShiftProperty.Tail, InteractionShiftProperty.Rating, InteractionShiftProperty.Hardness]
        )
        {
            yield return (
                $"exponentialTilt userShift none interactionShift {Camel(along)}",
                new ExponentialTilt
                {
                    UserShift = UserShiftProperty.None,
                    InteractionShift = along,
                    Betas = [-2, -1, 1, 2],
                }
            );
        }
    }

    // Those that need no feature or cluster to be named.
    private static readonly UserShiftProperty[] NamedProperties =
    [
        .. Enum.GetValues<UserShiftProperty>()
            .Where(p => p is not (UserShiftProperty.None or UserShiftProperty.Feature or UserShiftProperty.Cluster)),
    ];

    private static string Camel<T>(T property)
        where T : struct, Enum
    {
        var name = property.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    // A protocol that the data do not allow (no times, no group given) cannot be what happened.
    private static ImmutableArray<ShiftedTestSet> Sets(ShiftProtocol protocol, ShiftInput input)
    {
        try
        {
            return protocol.TestSets(input);
        }
        catch (SettingException)
        {
            return [];
        }
    }
}

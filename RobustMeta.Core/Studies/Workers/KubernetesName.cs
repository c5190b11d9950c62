using RobustMeta.Experiments;

namespace RobustMeta.Studies.Workers;

/// <summary>The name of a study's job in Kubernetes.</summary>
internal static class KubernetesName
{
    private const string Prefix = "robustmeta-";

    // A DNS label has 63 letters; the host name of a worker is the job's name, a dash and a number of at most four digits.
    private const int Longest = 58;

    /// <summary>
    /// Lower-case letters, digits and dashes, with a letter or digit at both ends. A name that is not such already is changed and cut, and ends with a hash
    /// of the whole, so that two studies have two names.
    /// </summary>
    /// <param name="study">Name of the study.</param>
    public static string Of(string study)
    {
        var plain = string.Concat(study.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'))
            .Trim('-');
        var name = Prefix + plain;
        if (plain == study && name.Length <= Longest)
        {
            return name;
        }
        var hash = ExperimentSpec.HashOf(study);
        var most = Longest - hash.Length - 1;
        return $"{(name.Length > most ? name[..most] : name).TrimEnd('-')}-{hash}";
    }
}

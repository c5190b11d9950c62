using RobustMeta.Settings;

namespace RobustMeta.Data;

/// <summary>The data sets that can be named.</summary>
public sealed class DatasetCatalog
{
    private const long SyntheticSeed = 1128;

    /// <summary>The catalog of this project.</summary>
    public static DatasetCatalog Default { get; } = new();

    /// <summary>Names of the data sets.</summary>
    public IReadOnlyList<string> Names => [SyntheticRatings.Name];

    /// <summary>The folder that holds a data set's files, or null.</summary>
    public string? TryLocate(string name) => null;

    /// <summary>The data set of that name.</summary>
    /// <exception cref="SettingException">There is none; the message names the nearest.</exception>
    public Dataset Load(string name) =>
        name == SyntheticRatings.Name
            ? new(
                SyntheticRatings.Generate(new SyntheticSpec(), SyntheticSeed).Ratings,
                4,
                ["segment"],
                ["category", "tags"]
            )
            : throw new SettingException($"There is no data set '{name}'{NearestName.Hint(name, Names)}");
}

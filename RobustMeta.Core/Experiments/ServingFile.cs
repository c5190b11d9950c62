using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using RobustMeta.Data;
using RobustMeta.Models;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>
/// <see cref="ServingData"/> as <c>serving.safetensors</c> beside a run's parameters. Texts are UTF-8 bytes, one behind the
/// other, with their ends; the python reader (<c>python/robustmeta_reader.py</c>) reads the same file.
/// </summary>
public static class ServingFile
{
    /// <summary>Name of the file in a run's folder.</summary>
    public const string Name = "serving.safetensors";

    /// <summary>Key of the fingerprint of the data, in the metadata of this file and of the parameters' file.</summary>
    public const string FingerprintKey = "fingerprint";

    /// <summary>Version of the format; files of another one are refused.</summary>
    public const string Version = "1";

    private const string VersionKey = "version";

    // Only where negatives are drawn: files of ratings have no such entry.
    private const string NegativesKey = "negatives";
    private const string DrawnNegatives = "drawn";

    // Only where there are ratings: the smallest and the largest.
    private const string ScaleKey = "ratingScale";

    // Only where the model takes the exposure of the support.
    private const string ExposureKey = "userExposure";

    /// <summary>Writes the file, whole or not at all.</summary>
    public static void Write(string path, ServingData data)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(data);
        var file = new SafetensorsFile();
        file.Metadata[VersionKey] = Version;
        file.Metadata[FingerprintKey] = data.Fingerprint;
        file.Metadata["label"] = data.Label.ToString();
        file.Metadata["threshold"] = data.Threshold.ToString("R", CultureInfo.InvariantCulture);
        file.Metadata["embeddingDim"] = data.EmbeddingDim.ToString(CultureInfo.InvariantCulture);
        file.Metadata["userRows"] = data.UserRows.ToString(CultureInfo.InvariantCulture);
        file.Metadata["itemFields"] = string.Join('\n', data.ItemFields.Select(KindOf));
        file.Metadata["userFields"] = string.Join('\n', data.UserFeatures.Select(KindOf));
        if (data.HasDrawnNegatives)
        {
            file.Metadata[NegativesKey] = DrawnNegatives;
        }
        if (data.Scale is { } scale)
        {
            file.Metadata[ScaleKey] = string.Create(CultureInfo.InvariantCulture, $"{scale.Least:R} {scale.Most:R}");
        }
        if (data.UserExposure > 0)
        {
            file.Metadata[ExposureKey] = data.UserExposure.ToString(CultureInfo.InvariantCulture);
        }
        AddTexts(file, "items", data.Items.Tokens);
        foreach (var field in data.ItemFields)
        {
            AddItems(file, field);
        }
        foreach (var feature in data.UserFeatures.OfType<ServedTokens>())
        {
            AddTexts(file, $"user.{feature.Name}", [.. feature.Texts.Select(text => text ?? "")]);
        }
        file.Add("statistics.counts", [.. data.Statistics.Counts], data.Statistics.Counts.Length);
        file.Add("statistics.sums", [.. data.Statistics.Sums], data.Statistics.Sums.Length);
        file.Save(path);
    }

    /// <summary>Reads the file back.</summary>
    /// <exception cref="InvalidDataException">It is missing, damaged or of another version; the message says what to do.</exception>
    public static ServingData Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path))
        {
            throw new InvalidDataException(
                $"{path} is missing: the run was made by an older version, or is not finished. Make the run again."
            );
        }
        var file = SafetensorsFile.Load(path);
        if (file.Metadata.GetValueOrDefault(VersionKey) is var version && version != Version)
        {
            throw new InvalidDataException(
                $"{path} has version {version ?? "none"}; this program reads version {Version}. Make the run again with this "
                    + "program, or use the program that made it."
            );
        }
        try
        {
            return Parsed(file);
        }
        catch (Exception error)
            when (error
                    is FormatException
                        or OverflowException
                        or KeyNotFoundException
                        or ArgumentException
                        or IndexOutOfRangeException
            )
        {
            throw new InvalidDataException(
                $"{path} is damaged: what it says of its data cannot be read ({error.Message}). Make the run again.",
                error
            );
        }
    }

    private static ServingData Parsed(SafetensorsFile file)
    {
        var items = Texts(file, "items");
        return new()
        {
            Fingerprint = file.Metadata[FingerprintKey],
            Label = Enum.Parse<LabelKind>(file.Metadata["label"]),
            Threshold = double.Parse(file.Metadata["threshold"], CultureInfo.InvariantCulture),
            Items = Vocabulary.Of(items),
            ItemFields = [.. Lines(file, "itemFields").Select(line => ItemField(file, line, items.Length))],
            UserFeatures = [.. Lines(file, "userFields").Select(line => UserFeature(file, line))],
            EmbeddingDim = int.Parse(file.Metadata["embeddingDim"], CultureInfo.InvariantCulture),
            UserRows = int.Parse(file.Metadata["userRows"], CultureInfo.InvariantCulture),
            HasDrawnNegatives = file.Metadata.GetValueOrDefault(NegativesKey) == DrawnNegatives,
            Scale = Scale(file.Metadata.GetValueOrDefault(ScaleKey)),
            UserExposure = int.Parse(file.Metadata.GetValueOrDefault(ExposureKey, "0"), CultureInfo.InvariantCulture),
            Statistics = new([.. file.Double("statistics.counts")], [.. file.Double("statistics.sums")]),
        };
    }

    private static RatingScale? Scale(string? text) =>
        text?.Split(' ') is [var least, var most]
            ? new(float.Parse(least, CultureInfo.InvariantCulture), float.Parse(most, CultureInfo.InvariantCulture))
            : null;

    private static string KindOf(InputField field) =>
        field switch
        {
            TokenField { IsSingle: true } f => $"token\t{f.VocabularySize}\t{f.Name}",
            TokenField f => $"bag\t{f.VocabularySize}\t{f.Name}",
            _ => $"number\t1\t{field.Name}",
        };

    private static string KindOf(ServedFeature feature) =>
        feature switch
        {
            ServedNumber f => string.Create(
                CultureInfo.InvariantCulture,
                $"number {f.Scaling.Mean:R} {f.Scaling.Scale:R}\t1\t{f.Name}"
            ),
            ServedTokens f => $"{(f.IsBag ? "bag" : "token")}\t{f.Texts.Length}\t{f.Name}",
            _ => throw new ArgumentException($"Feature '{feature.Name}' is of an unknown kind."),
        };

    private static void AddItems(SafetensorsFile file, InputField field)
    {
        if (field is NumericField numbers)
        {
            file.Add($"item.{field.Name}.values", [.. numbers.Values], numbers.Values.Length);
        }
        if (field is TokenField tokens)
        {
            file.Add($"item.{field.Name}.tokens", [.. tokens.Tokens], tokens.Tokens.Length);
            if (!tokens.IsSingle)
            {
                file.Add($"item.{field.Name}.starts", [.. tokens.Starts], tokens.Starts.Length);
            }
        }
    }

    private static InputField ItemField(SafetensorsFile file, string line, int items)
    {
        var (kind, rows, name) = Parts(line);
        return kind == "number"
            ? new NumericField(name, [.. file.Single($"item.{name}.values")])
            : new TokenField(
                name,
                rows,
                kind == "token" ? [.. Enumerable.Range(0, items + 1)] : [.. file.Integers($"item.{name}.starts")],
                [.. file.Integers($"item.{name}.tokens")]
            );
    }

    private static ServedFeature UserFeature(SafetensorsFile file, string line)
    {
        var (kind, _, name) = Parts(line);
        if (kind is "token" or "bag")
        {
            ImmutableArray<string?> texts =
            [
                .. Texts(file, $"user.{name}").Select(text => text.Length == 0 ? null : text),
            ];
            return new ServedTokens(name, texts, kind == "bag");
        }
        var scaling = kind.Split(' ');
        return new ServedNumber(
            name,
            new(
                float.Parse(scaling[1], CultureInfo.InvariantCulture),
                double.Parse(scaling[2], CultureInfo.InvariantCulture)
            )
        );
    }

    private static string[] Lines(SafetensorsFile file, string key) =>
        file.Metadata[key].Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static (string Kind, int Rows, string Name) Parts(string line)
    {
        var parts = line.Split('\t', 3);
        return (parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
    }

    private static void AddTexts(SafetensorsFile file, string name, IReadOnlyList<string> texts)
    {
        using var bytes = new MemoryStream();
        var ends = new int[texts.Count];
        for (var i = 0; i < texts.Count; i++)
        {
            bytes.Write(Encoding.UTF8.GetBytes(texts[i]));
            ends[i] = checked((int)bytes.Length);
        }
        // A multiple of eight, so that the numbers behind are aligned.
        while (bytes.Length % 8 != 0)
        {
            bytes.WriteByte(0);
        }
        file.Add($"{name}.text", bytes.ToArray(), (int)bytes.Length);
        file.Add($"{name}.ends", ends, ends.Length);
    }

    private static string[] Texts(SafetensorsFile file, string name)
    {
        var bytes = file.Raw($"{name}.text");
        var ends = file.Integers($"{name}.ends");
        return
        [
            .. ends.Select((end, i) => i == 0 ? (0, end) : (ends[i - 1], end))
                .Select(range => Encoding.UTF8.GetString(bytes, range.Item1, range.end - range.Item1)),
        ];
    }
}

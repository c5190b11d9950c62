using System.Text.Json;
using System.Text.Json.Serialization;
using RobustMeta.Data;

namespace RobustMeta.Studies;

/// <summary>Records of a study as JSON: cells by their titles, measures by their names, numbers exact, NaN as a word.</summary>
internal static class StudyJson
{
    /// <summary>The text of a value; equal values give equal bytes.</summary>
    public static string Write<T>(StudySpec spec, T value) => JsonSerializer.Serialize(value, Options(spec)) + "\n";

    /// <summary>A value read from a file.</summary>
    /// <param name="spec">The study that it is of.</param>
    /// <param name="file">The file.</param>
    /// <param name="what">What the file holds, for the message.</param>
    /// <param name="remedy">What to do where it holds something else, for the message.</param>
    /// <exception cref="DataFormatException">The file is not what was written.</exception>
    public static T Read<T>(StudySpec spec, string file, string what, string remedy)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(PackedText.Read(file), Options(spec))
                ?? throw new JsonException("it holds nothing");
        }
        catch (JsonException error)
        {
            throw new DataFormatException(
                file,
                error.LineNumber + 1 ?? 0,
                (int)(error.BytePositionInLine + 1 ?? 0),
                $"expected {what} of the study '{spec.Name}'{Found(error)}. {remedy}",
                error
            );
        }
        catch (Exception error)
            when (error
                    is IOException
                        or UnauthorizedAccessException
                        or InvalidDataException
                        or NotSupportedException
                        or ArgumentException
            )
        {
            throw new DataFormatException(
                file,
                0,
                0,
                $"expected {what} of the study '{spec.Name}'; {(error is FileNotFoundException ? "there is no such file" : error.Message.TrimEnd('.'))}. {remedy}",
                error
            );
        }
    }

    // The words of the serializer are about its types; those of the converters are about the study.
    private static string Found(JsonException error) =>
        error.Message.Contains("Path: ", StringComparison.Ordinal) ? "" : $"; {error.Message}";

    private static JsonSerializerOptions Options(StudySpec spec) =>
        new()
        {
            IncludeFields = true,
            IgnoreReadOnlyProperties = true,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new CellConverter(spec), new MeasureConverter() },
        };

    // A cell stands in the study; in the file its title is enough.
    private sealed class CellConverter(StudySpec spec) : JsonConverter<StudyCell>
    {
        private readonly Dictionary<string, StudyCell> cells = spec.Cells.ToDictionary(cell => cell.Title);

        public override StudyCell Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.GetString() is { } title && cells.TryGetValue(title, out var cell)
                ? cell
                : throw new JsonException($"the study has no cell '{reader.GetString()}'");

        public override void Write(Utf8JsonWriter writer, StudyCell value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Title);
    }

    private sealed class MeasureConverter : JsonConverter<StudyMeasure>
    {
        public override StudyMeasure Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.GetString() is { } name
                ? StudyMeasure.Standard.FirstOrDefault(own => own.Name == name) ?? StudyMeasure.OfMetric(name)
                : throw new JsonException("a measure has no name");

        public override void Write(Utf8JsonWriter writer, StudyMeasure value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Name);
    }
}

using System.Globalization;
using System.Text.Json;

namespace RobustMeta.Data.Reading;

/// <summary>
/// The metadata of Amazon's products, a line each, as Python writes dictionaries (2014: <c>categories</c>, <c>brand</c>,
/// <c>price</c> a number) or as JSON (2018: <c>category</c>, <c>brand</c>, <c>price</c> a text such as <c>$5.99</c>).
/// </summary>
internal static class AmazonProducts
{
    /// <summary>Features <c>category</c> (a bag), <c>brand</c> (a token) and <c>price</c> (a number) of products.</summary>
    /// <param name="source">Where the file is.</param>
    /// <param name="file">The file.</param>
    /// <param name="products">Identifiers of the products with reviews; others are left out.</param>
    /// <exception cref="DataFormatException">A line is malformed or has no identifier.</exception>
    public static FeatureTableBuilder Read(ReaderSource source, string file, Vocabulary products)
    {
        var features = new FeatureTableBuilder(
            products,
            ("category", FeatureKind.Bag),
            ("brand", FeatureKind.Token),
            ("price", FeatureKind.Number)
        )
        {
            // The release of 2018 repeats products.
            Repeats = RepeatRule.First,
        };
        using var reader = source.Lines(file);
        while (reader.TryRead(out var line))
        {
            try
            {
                using var product = JsonDocument.Parse(IsPython(line) ? PythonLiteral.ToJson(line) : line.ToArray());
                Add(product.RootElement, features, reader);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                throw reader.Error(0, $"expected a product as JSON or as Python writes it, found '{Excerpt.Of(line)}'");
            }
        }
        return features;
    }

    private static bool IsPython(ReadOnlySpan<byte> line) => line.StartsWith("{'"u8) || line.StartsWith("{u'"u8);

    private static void Add(JsonElement product, FeatureTableBuilder features, ByteLineReader reader) =>
        features.Set(
            Text(product, "asin") is { Length: > 0 } id ? id : throw reader.Error(0, "expected a product with 'asin'"),
            reader.Path,
            reader.Number,
            FeatureValue.Of(Categories(product)),
            FeatureValue.Of(Text(product, "brand")),
            FeatureValue.Of(Price(product))
        );

    // Paths through the tree of categories, or one of them: every category on the way is a token.
    private static string[] Categories(JsonElement product) =>
        product.TryGetProperty("category", out var path) || product.TryGetProperty("categories", out path)
            ? [.. Texts(path).Select(text => text.Trim()).Where(text => text.Length > 0).Distinct()]
            : [];

    private static IEnumerable<string> Texts(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
            JsonValueKind.String => [element.GetString()!],
            _ => [],
        };

    private static string Text(JsonElement product, string key) =>
        product.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!.Trim()
            : "";

    // A range ($5.99 - $12.50) and text that is no amount are unknown.
    private static float Price(JsonElement product) =>
        !product.TryGetProperty("price", out var value) ? float.NaN
        : value.ValueKind == JsonValueKind.Number ? value.GetSingle()
        : value.ValueKind == JsonValueKind.String
        && float.TryParse(
            value.GetString()!.Trim().TrimStart('$'),
            NumberStyles.Float | NumberStyles.AllowThousands,
            CultureInfo.InvariantCulture,
            out var amount
        )
        && float.IsFinite(amount)
            ? amount
        : float.NaN;
}

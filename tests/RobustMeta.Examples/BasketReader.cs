using RobustMeta.Data;

namespace Shop.Models;

/// <summary>A reader of one's own: a user and an item in each line, all of them positives.</summary>
public sealed class BasketReader : DatasetReader
{
    private const string File = "baskets.txt";

    /// <inheritdoc/>
    public override string Format => "baskets";

    /// <inheritdoc/>
    public override string Meaning => "user and item, separated by a semicolon; every line is a positive";

    /// <inheritdoc/>
    public override ReaderExample Example =>
        new([(File, "ann;tea\nbob;tea\nann;rum\n")], [("ann", "tea", 1), ("bob", "tea", 1), ("ann", "rum", 1)]);

    /// <inheritdoc/>
    public override IReadOnlyList<string> FilesOf(CatalogEntry entry) => [File];

    /// <inheritdoc/>
    protected override Ratings ReadFrom(ReaderSource source) =>
        Ratings.Of(
            source.Name,
            source
                .Rows(File, new() { Separator = ";", Header = false })
                .Select(row => (row.Text(1, "a user"), row.Text(2, "an item"), 1f))
        );
}

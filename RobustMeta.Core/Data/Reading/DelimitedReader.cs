namespace RobustMeta.Data.Reading;

/// <summary>Delimited text files (CSV, TSV, …), described by the entry's table of columns.</summary>
internal sealed class DelimitedReader : DatasetReader
{
    public override string Format => "delimited";

    public override string Meaning => "CSV, TSV and the like, described by the table 'columns'";

    public override ReaderExample Example =>
        new(
            [
                (
                    "ratings.csv",
                    "user,item,rating,time\nu1,i1,5,1000000000\nu1,\"i,2\",3.5,1000000060\nu2,i1,1,1000000120\n"
                ),
                ("items.csv", "item,genre,price\ni1,a|b,1.5\n\"i,2\",,\n"),
            ],
            [("u1", "i1", 5), ("u1", "i,2", 3.5f), ("u2", "i1", 1)],
            HeaderLines: 1
        )
        {
            Columns = new()
            {
                Ratings = "ratings.csv",
                Items = "items.csv",
                ItemFeatures = [new("genre", FeatureKind.Bag), new("price", FeatureKind.Number)],
            },
        };

    public override IReadOnlyList<string> FilesOf(CatalogEntry entry) => ColumnsOf(entry).Files;

    protected override Ratings ReadFrom(ReaderSource source) =>
        DelimitedFiles.Read(
            source.Name,
            source.Folder,
            ColumnsOf(source.Entry),
            source.Entry.Duplicates,
            source.Limits
        );

    /// <summary>The columns of an entry.</summary>
    /// <exception cref="Settings.SettingException">The entry does not name its file.</exception>
    public static DelimitedSpec ColumnsOf(CatalogEntry entry) =>
        entry.Columns is { Ratings.Length: > 0 } columns
            ? columns
            : throw new Settings.SettingException(
                $"{entry.Name}: the format '{entry.Format}' needs the file of ratings: [{entry.Name}.columns] with ratings = \"FILE\"."
            );
}

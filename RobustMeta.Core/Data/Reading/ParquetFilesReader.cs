using Row = (string User, string Item, double Rating, long Time);

namespace RobustMeta.Data.Reading;

/// <summary>Parquet files, described by the entry's table of columns as delimited text is.</summary>
internal sealed class ParquetFilesReader : DatasetReader
{
    private const string File = "ratings.parquet";

    public override string Format => "parquet";

    public override string Meaning =>
        "Parquet files, described by the table 'columns'; features may stand in text files";

    public override ReaderExample Example =>
        new([], [("u1", "i1", 5), ("u1", "i2", 3.5f), ("u2", "i1", 1)])
        {
            Columns = new() { Ratings = File },
            Write = folder =>
                ParquetFile.Write<Row>(
                    Path.Combine(folder, File),
                    [("u1", "i1", 5, 1000000000), ("u1", "i2", 3.5, 1000000060), ("u2", "i1", 1, 1000000120)],
                    ParquetColumn<Row>.Text("user_id", row => row.User),
                    ParquetColumn<Row>.Text("item_id", row => row.Item),
                    ParquetColumn<Row>.Number("rating", row => row.Rating),
                    ParquetColumn<Row>.Integer("timestamp", row => row.Time)
                ),
        };

    public override IReadOnlyList<string> FilesOf(CatalogEntry entry) => DelimitedReader.ColumnsOf(entry).Files;

    protected override Ratings ReadFrom(ReaderSource source) =>
        DelimitedFiles.Read(
            source.Name,
            source.Folder,
            DelimitedReader.ColumnsOf(source.Entry),
            source.Entry.Duplicates,
            source.Limits
        );
}

namespace RobustMeta.Data.Reading;

/// <summary>Ratings that <c>prepare</c> wrote: one binary file of columns, which is no text.</summary>
internal sealed class PreparedReader : DatasetReader
{
    /// <summary>Name of the file.</summary>
    public const string File = "ratings.bin";

    public override string Format => "prepared";

    public override string Meaning => "ratings that prepare wrote: ratings.bin, with a manifest";

    public override ReaderExample Example =>
        new([], [("u1", "i1", 5), ("u1", "i2", 1)])
        {
            Write = folder =>
                PreparedFile.Write(
                    Ratings.Of("example", [("u1", "i1", 5f, 880000000L), ("u1", "i2", 1f, 880000060L)]),
                    Path.Combine(folder, File)
                ),
        };

    public override IReadOnlyList<string> FilesOf(CatalogEntry entry) => [File];

    protected override Ratings ReadFrom(ReaderSource source) => PreparedFile.Read(source.Name, source.Require(File));
}

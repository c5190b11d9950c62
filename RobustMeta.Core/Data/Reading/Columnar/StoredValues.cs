namespace RobustMeta.Data.Reading.Columnar;

/// <summary>How values of a stored type are read from the bytes of a page.</summary>
internal abstract class StoredValues<T>
{
    /// <summary>Reads values, but for those of a dictionary.</summary>
    /// <param name="encoding">How they are written.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="values">Takes the values; so many there must be.</param>
    /// <exception cref="InvalidDataException">There are fewer, or they are damaged or written in a way that is not known.</exception>
    public abstract void Read(ParquetEncoding encoding, ReadOnlyMemory<byte> bytes, Span<T> values);

    /// <summary>An error for values that are written in a way that is not known of their type.</summary>
    protected static InvalidDataException Unknown(ParquetEncoding encoding) =>
        new($"values written in a way that is not known ({encoding})");

    /// <summary>An error for values that end too soon.</summary>
    protected static InvalidDataException TooFew() => new("a page with fewer values than it says");
}

namespace RobustMeta.Data.Reading;

/// <summary>Reads the files of one format from a folder. Every reader is found by its <see cref="Format"/>.</summary>
internal interface IDatasetReader
{
    /// <summary>Name of the format in the catalog.</summary>
    string Format { get; }

    /// <summary>Reads a data set.</summary>
    /// <param name="name">Name of the data set.</param>
    /// <param name="folder">Folder that holds the files.</param>
    /// <param name="rule">What becomes of duplicates.</param>
    /// <exception cref="DataFormatException">A line is malformed.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    Ratings Read(string name, string folder, DuplicateRule rule);
}

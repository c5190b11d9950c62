namespace RobustMeta.Data;

/// <summary>Encoding of a text file. UTF-16 and UTF-32 are recognised by their byte-order mark.</summary>
public enum TextEncoding
{
    /// <summary>UTF-8; bytes that are not UTF-8 are refused.</summary>
    Utf8,

    /// <summary>ISO-8859-1: every byte is a character.</summary>
    Latin1,

    /// <summary>UTF-16, little-endian where there is no byte-order mark.</summary>
    Utf16,
}

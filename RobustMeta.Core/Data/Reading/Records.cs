namespace RobustMeta.Data.Reading;

/// <summary>The records of a file, one after another, by fields with places from 0.</summary>
internal abstract class Records
{
    /// <summary>Number of fields of the current record.</summary>
    public abstract int Count { get; }

    /// <summary>Line on which the current record starts, or its row where the file has no lines; from 1.</summary>
    public abstract long Started { get; }

    /// <summary>Where reading stands.</summary>
    public abstract IReadPosition Position { get; }

    /// <summary>A field of the current record as UTF-8; valid until the next is read.</summary>
    public abstract ReadOnlySpan<byte> this[int field] { get; }

    /// <summary>Goes to the next record; false behind the last.</summary>
    /// <exception cref="DataFormatException">The record is malformed.</exception>
    public abstract bool TryRead();

    /// <summary>Whether a field has no value, in a format that tells that from an empty text.</summary>
    public abstract bool IsNull(int field);

    /// <summary>The text of a field; empty where it has no value.</summary>
    public abstract string Text(int field);

    /// <summary>The texts of a field that is a list; null where it is none.</summary>
    public abstract IReadOnlyList<string>? List(int field);

    /// <summary>A field that must not be empty, as UTF-8; valid until the next is asked for.</summary>
    public abstract ReadOnlySpan<byte> Token(int field, string what);

    /// <summary>A field as a finite number.</summary>
    public abstract double Number(int field, string what);

    /// <summary>An error at a field of the current record.</summary>
    public abstract DataFormatException Error(int field, string expected);

    /// <summary>A field as a finite number of single precision.</summary>
    public float Single(int field, string what)
    {
        var value = (float)Number(field, what);
        return float.IsFinite(value) ? value : throw Error(field, $"{what} below 3.4e38");
    }
}

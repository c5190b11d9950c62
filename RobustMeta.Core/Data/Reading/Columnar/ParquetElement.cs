using System.Text;

namespace RobustMeta.Data.Reading.Columnar;

/// <summary>An element of the tree of columns: a column, or a group of elements.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its values are stored; null of a group.</param>
/// <param name="Length">Bytes of each value of a fixed length.</param>
/// <param name="IsOptional">Whether it may be absent.</param>
/// <param name="IsRepeated">Whether it may be there more than once.</param>
/// <param name="Children">Number of elements of a group.</param>
/// <param name="Meaning">What the values stand for.</param>
/// <param name="Scale">Digits behind the point of a decimal number.</param>
internal sealed record ParquetElement(
    string Name,
    ParquetPhysical? Type,
    int Length,
    bool IsOptional,
    bool IsRepeated,
    int Children,
    ParquetMeaning Meaning,
    int Scale
)
{
    private const int Optional = 1;
    private const int Repeated = 2;

    // More digits than any writer has.
    private const int LargestScale = 1000;

    /// <summary>Reads an element.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static ParquetElement Read(ref ThriftReader thrift)
    {
        var name = "";
        ParquetPhysical? type = null;
        var (length, repetition, children, scale) = (0, 0, 0, 0);
        var (converted, logical) = (ParquetMeaning.Plain, default(ParquetMeaning?));
        var field = 0;
        while (thrift.Next(ref field, out var fieldType))
        {
            switch (field)
            {
                case 1:
                    type = (ParquetPhysical)thrift.Integer32(fieldType);
                    break;
                case 2:
                    length = thrift.Integer32(fieldType);
                    break;
                case 3:
                    repetition = thrift.Integer32(fieldType);
                    break;
                case 4:
                    name = Encoding.UTF8.GetString(thrift.Bytes(fieldType));
                    break;
                case 5:
                    children = thrift.Integer32(fieldType);
                    break;
                case 6:
                    converted = Converted(thrift.Integer32(fieldType));
                    break;
                case 7:
                    scale = thrift.Integer32(fieldType);
                    break;
                case 10:
                    logical = Logical(ref thrift, fieldType);
                    break;
                default:
                    thrift.Skip(fieldType);
                    break;
            }
        }
        var isKnown =
            (type is null || Enum.IsDefined(type.Value))
            && repetition is >= 0 and <= Repeated
            && children >= 0
            && scale is >= 0 and <= LargestScale;
        return isKnown && (type is null || children == 0)
            ? new(
                name,
                type,
                length,
                repetition == Optional,
                repetition == Repeated,
                children,
                logical ?? converted,
                scale
            )
            : throw new InvalidDataException($"a damaged description of the column '{Excerpt.Of(name)}'");
    }

    private static ParquetMeaning Converted(int type) =>
        type switch
        {
            1 or 2 => ParquetMeaning.Map,
            3 => ParquetMeaning.List,
            5 => ParquetMeaning.Decimal,
            6 => ParquetMeaning.Date,
            9 => ParquetMeaning.Milliseconds,
            10 => ParquetMeaning.Microseconds,
            >= 11 and <= 14 => ParquetMeaning.Unsigned,
            21 => ParquetMeaning.Other,
            _ => ParquetMeaning.Plain,
        };

    // One of several structures, most of them empty.
    private static ParquetMeaning? Logical(ref ThriftReader thrift, ThriftType type)
    {
        ThriftReader.Structure(type);
        ParquetMeaning? meaning = null;
        var field = 0;
        while (thrift.Next(ref field, out var kind))
        {
            if (field is 8 or 10)
            {
                ThriftReader.Structure(kind);
                meaning = field == 8 ? Timestamp(ref thrift) : Integer(ref thrift);
                continue;
            }
            thrift.Skip(kind);
            meaning = field switch
            {
                2 => ParquetMeaning.Map,
                3 => ParquetMeaning.List,
                5 => ParquetMeaning.Decimal,
                6 => ParquetMeaning.Date,
                14 => ParquetMeaning.Uuid,
                15 => ParquetMeaning.Half,
                _ => ParquetMeaning.Plain,
            };
        }
        return meaning;
    }

    private static ParquetMeaning Timestamp(ref ThriftReader thrift)
    {
        var unit = 0;
        var field = 0;
        while (thrift.Next(ref field, out var type))
        {
            if (field != 2)
            {
                thrift.Skip(type);
                continue;
            }
            ThriftReader.Structure(type);
            var inner = 0;
            while (thrift.Next(ref inner, out var kind))
            {
                thrift.Skip(kind);
                unit = inner;
            }
        }
        return unit switch
        {
            1 => ParquetMeaning.Milliseconds,
            2 => ParquetMeaning.Microseconds,
            3 => ParquetMeaning.Nanoseconds,
            _ => ParquetMeaning.Other,
        };
    }

    private static ParquetMeaning Integer(ref ThriftReader thrift)
    {
        var isSigned = true;
        var field = 0;
        while (thrift.Next(ref field, out var type))
        {
            if (field == 2)
            {
                isSigned = thrift.Truth(type);
            }
            else
            {
                thrift.Skip(type);
            }
        }
        return isSigned ? ParquetMeaning.Plain : ParquetMeaning.Unsigned;
    }
}

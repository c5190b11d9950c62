using System.Buffers.Binary;

namespace RobustMeta.Data.Reading.Columnar;

/// <summary>Truth values, a bit each.</summary>
internal sealed class StoredTruths : StoredValues<bool>
{
    public override void Read(ParquetEncoding encoding, ReadOnlyMemory<byte> bytes, Span<bool> values)
    {
        var span = bytes.Span;
        switch (encoding)
        {
            case ParquetEncoding.Plain when (values.Length + 7L) / 8 <= span.Length:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (span[i / 8] >> (i % 8) & 1) == 1;
                }
                break;
            case ParquetEncoding.Plain:
                throw TooFew();
            case ParquetEncoding.Runs:
                // Their length stands before the runs.
                var length = span.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(span);
                if (length < 0 || length > span.Length - 4)
                {
                    throw TooFew();
                }
                var numbers = new int[values.Length];
                BitRuns.Read(span.Slice(4, length), 1, 1, numbers);
                for (var i = 0; i < numbers.Length; i++)
                {
                    values[i] = numbers[i] == 1;
                }
                break;
            default:
                throw Unknown(encoding);
        }
    }
}

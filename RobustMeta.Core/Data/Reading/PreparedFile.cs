using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using RobustMeta.Runtime;

namespace RobustMeta.Data.Reading;

/// <summary>
/// Prepared ratings in one binary file of columns, for fast loading: a mark, the columns as they are in memory
/// (little-endian), and the SHA-256 of all before it.
/// </summary>
public static class PreparedFile
{
    private const int SumBytes = 32;
    private static readonly byte[] Mark = "RobustMeta ratings 1\n"u8.ToArray();

    private enum Kind : byte
    {
        Token = 1,
        Bag = 2,
        Number = 3,
    }

    /// <summary>Writes ratings; the file is there whole or not at all.</summary>
    /// <param name="ratings">The ratings.</param>
    /// <param name="path">The file.</param>
    public static void Write(Ratings ratings, string path)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content, Encoding.UTF8);
        writer.Write(Mark);
        Write(writer, ratings.Users.Tokens);
        Write(writer, ratings.Items.Tokens);
        Write(writer, ratings.UserIndex);
        Write(writer, ratings.ItemIndex);
        Write(writer, ratings.Values);
        Write(writer, ratings.Times);
        Write(writer, ratings.UserFeatures);
        Write(writer, ratings.ItemFeatures);
        writer.Flush();
        writer.Write(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)));
        writer.Flush();
        DurableFile.Write(path, content.WriteTo);
    }

    /// <summary>Reads ratings.</summary>
    /// <param name="name">Name of the data set.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">It is no such file, or damaged.</exception>
    public static Ratings Read(string name, string path)
    {
        var bytes = RegularFile.Bytes(path);
        if (
            bytes.Length < Mark.Length + SumBytes
            || !bytes.AsSpan().StartsWith(Mark)
            || !SHA256.HashData(bytes.AsSpan(..^SumBytes)).AsSpan().SequenceEqual(bytes.AsSpan(^SumBytes..))
        )
        {
            throw new DataFormatException(
                path,
                0,
                0,
                "expected a whole file of prepared ratings; prepare the data set again"
            );
        }
        using var reader = new BinaryReader(
            new MemoryStream(bytes, Mark.Length, bytes.Length - Mark.Length - SumBytes)
        );
        var users = Vocabulary.Of(ReadTokens(reader));
        var items = Vocabulary.Of(ReadTokens(reader));
        var userIndex = Read<int>(reader);
        var itemIndex = Read<int>(reader);
        var values = Read<float>(reader);
        var times = Read<long>(reader);
        return new(
            name,
            users,
            items,
            userIndex,
            itemIndex,
            values,
            times,
            ReadTable(reader, users.Count),
            ReadTable(reader, items.Count),
            new(values.Length, HasTimes: !times.IsEmpty)
        );
    }

    private static void Write(BinaryWriter writer, ImmutableArray<string> tokens)
    {
        writer.Write(tokens.Length);
        foreach (var token in tokens)
        {
            writer.Write(token);
        }
    }

    private static void Write<T>(BinaryWriter writer, ImmutableArray<T> values)
        where T : unmanaged
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }

    private static void Write(BinaryWriter writer, FeatureTable table)
    {
        writer.Write(table.Columns.Length);
        foreach (var column in table.Columns)
        {
            writer.Write(column.Name);
            switch (column)
            {
                case TokenColumn tokens:
                    writer.Write((byte)Kind.Token);
                    Write(writer, tokens.Vocabulary.Tokens);
                    Write(writer, tokens.Tokens);
                    break;
                case TokenBagColumn bags:
                    writer.Write((byte)Kind.Bag);
                    Write(writer, bags.Vocabulary.Tokens);
                    Write(writer, bags.Starts);
                    Write(writer, bags.Tokens);
                    break;
                case FloatColumn numbers:
                    writer.Write((byte)Kind.Number);
                    Write(writer, numbers.Values);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(table), column, "Unknown kind of feature.");
            }
        }
    }

    private static IEnumerable<string> ReadTokens(BinaryReader reader)
    {
        var tokens = new string[reader.ReadInt32()];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = reader.ReadString();
        }
        return tokens;
    }

    private static ImmutableArray<T> Read<T>(BinaryReader reader)
        where T : unmanaged
    {
        var values = new T[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return ImmutableCollectionsMarshal.AsImmutableArray(values);
    }

    private static FeatureTable ReadTable(BinaryReader reader, int rows)
    {
        var columns = new FeatureColumn[reader.ReadInt32()];
        for (var c = 0; c < columns.Length; c++)
        {
            var name = reader.ReadString();
            columns[c] = (Kind)reader.ReadByte() switch
            {
                Kind.Token => new TokenColumn(name, Vocabulary.Of(ReadTokens(reader)), Read<int>(reader)),
                Kind.Bag => new TokenBagColumn(
                    name,
                    Vocabulary.Of(ReadTokens(reader)),
                    Read<int>(reader),
                    Read<int>(reader)
                ),
                _ => new FloatColumn(name, Read<float>(reader)),
            };
        }
        return new(rows, columns);
    }
}

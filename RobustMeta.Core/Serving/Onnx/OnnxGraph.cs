using System.Buffers.Binary;

namespace RobustMeta.Serving.Onnx;

/// <summary>
/// A graph of ONNX operators (opset 13) with constants, one input and one output. Field numbers are those of <c>onnx.proto</c>.
/// </summary>
internal sealed class OnnxGraph
{
    private const int Single = 1;
    private const int Integer64 = 7;
    private const int Opset = 13;
    private const int Format = 8;
    private readonly ProtobufMessage graph = new();

    /// <summary>Adds an operator and returns the name of its output.</summary>
    /// <param name="kind">Name of the operator.</param>
    /// <param name="output">Name of its output.</param>
    /// <param name="inputs">Names of its inputs.</param>
    public string Node(string kind, string output, params string[] inputs) => Node(kind, output, inputs, null);

    /// <summary>Adds an operator with the attribute <c>alpha</c>.</summary>
    public string Node(string kind, string output, string[] inputs, float? alpha)
    {
        var node = new ProtobufMessage();
        foreach (var input in inputs)
        {
            node.Add(1, input);
        }
        node.Add(2, output).Add(3, output).Add(4, kind);
        if (alpha is { } value)
        {
            node.Add(5, new ProtobufMessage().Add(1, "alpha").Add(2, value).Add(20, 1));
        }
        graph.Add(1, node);
        return output;
    }

    /// <summary>Adds a constant and returns its name.</summary>
    /// <param name="name">Name.</param>
    /// <param name="values">Values, the last axis first to move.</param>
    /// <param name="shape">Extents.</param>
    public string Constant(string name, float[] values, params int[] shape)
    {
        var tensor = new ProtobufMessage();
        foreach (var extent in shape)
        {
            tensor.Add(1, extent);
        }
        var raw = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(i * sizeof(float)), values[i]);
        }
        graph.Add(5, tensor.Add(2, Single).Add(8, name).Add(9, raw));
        return name;
    }

    /// <summary>The whole model file.</summary>
    /// <param name="input">Name of the input, 64-bit integers <c>[N]</c>.</param>
    /// <param name="output">Name of the output, 32-bit numbers <c>[N]</c>.</param>
    /// <param name="metadata">Text about the file, by key.</param>
    public byte[] File(string input, string output, IReadOnlyDictionary<string, string> metadata)
    {
        graph.Add(2, "scorer").Add(11, Value(input, Integer64)).Add(12, Value(output, Single));
        var file = new ProtobufMessage()
            .Add(1, Format)
            .Add(2, "RobustMeta")
            .Add(7, graph)
            .Add(8, new ProtobufMessage().Add(1, "").Add(2, Opset));
        foreach (var (key, text) in metadata)
        {
            file.Add(14, new ProtobufMessage().Add(1, key).Add(2, text));
        }
        return file.Bytes.ToArray();
    }

    private static ProtobufMessage Value(string name, int type)
    {
        var shape = new ProtobufMessage().Add(1, new ProtobufMessage().Add(2, "N"));
        var tensor = new ProtobufMessage().Add(1, type).Add(2, shape);
        return new ProtobufMessage().Add(1, name).Add(2, new ProtobufMessage().Add(1, tensor));
    }
}

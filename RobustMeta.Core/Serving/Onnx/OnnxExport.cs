using System.Text.Encodings.Web;
using System.Text.Json;
using RobustMeta.Models;
using RobustMeta.Runtime;
using RobustMeta.Settings;

namespace RobustMeta.Serving.Onnx;

/// <summary>
/// Writes a model that has adapted to one user as an ONNX file: input <c>items</c> (64-bit integers <c>[N]</c>, places in the list
/// of the file's metadata <c>items</c>), output <c>scores</c> (32-bit numbers <c>[N]</c>: ratings, or logits of a click). What the
/// user rated is in the weights, so that the file needs neither the run nor this library.
/// </summary>
public static class OnnxExport
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="ratings">The user's ratings; of several of one item the last counts.</param>
    /// <param name="features">The user's features by name.</param>
    /// <exception cref="SettingException">The model has no such form; the message names those that have.</exception>
    /// <exception cref="ArgumentException">A rating is not finite.</exception>
    public static void Write(
        string path,
        ColdStartModel model,
        IEnumerable<(string Item, float Value)> ratings,
        IReadOnlyDictionary<string, string>? features = null
    )
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(ratings);
        var scorer =
            model.ScorerFor(ratings, features)
            ?? throw new SettingException(
                $"{model.MethodName} has no ONNX form: what it computes for a user is no network of an item's features. Those that "
                    + "have one are single models (no population) of the perceptrons, such as MeLU, ANIL, CAVIA and MetaSGD, "
                    + "MetaRidge and MetaPMF (without userPrior safe)."
            );
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["method"] = model.MethodName,
            ["label"] = model.Label.ToString(),
            ["fingerprint"] = model.Fingerprint,
            ["items"] = JsonSerializer.Serialize(model.Items.Tokens, Readable),
        };
        DurableFile.Write(path, stream => stream.Write(FileOf(scorer, metadata)));
    }

    private static byte[] FileOf(AdaptedScorer scorer, IReadOnlyDictionary<string, string> metadata)
    {
        const string Input = "items";
        var graph = new OnnxGraph();
        var count = scorer.Offset.Length;
        var x = graph.Node("Gather", "inputs", graph.Constant("vectors", scorer.Items, count, scorer.Width), Input);
        for (var l = 0; l < scorer.Layers.Length; l++)
        {
            var layer = scorer.Layers[l];
            // A last layer of one output as a vector: its product has one axis less.
            int[] shape = l == scorer.Layers.Length - 1 ? [layer.Inputs] : [layer.Inputs, layer.Outputs];
            x = graph.Node("MatMul", $"product{l}", x, graph.Constant($"weight{l}", layer.Weight, shape));
            x = graph.Node("Add", $"sum{l}", x, graph.Constant($"bias{l}", layer.Bias, layer.Outputs));
            x = layer.IsActivated ? Activated(graph, scorer.Activation, x, l) : x;
        }
        var start = graph.Node("Gather", "start", graph.Constant("offset", scorer.Offset, count), Input);
        return graph.File(Input, graph.Node("Add", "scores", x, start), metadata);
    }

    private static string Activated(OnnxGraph graph, Activation activation, string x, int layer)
    {
        var output = $"hidden{layer}";
        return activation switch
        {
            Activation.Relu => graph.Node("Relu", output, x),
            Activation.Tanh => graph.Node("Tanh", output, x),
            Activation.LeakyRelu => graph.Node("LeakyRelu", output, [x], ActivationValue.Leak),
            _ => graph.Node("Mul", output, x, graph.Node("Sigmoid", $"sigmoid{layer}", x)),
        };
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using RobustMeta.Models;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Benchmarks.Workload;

/// <summary>
/// A workload as a file for other languages. Whole numbers stand as 64-bit floating-point ones, exact far beyond any
/// index here. <c>peers/workload.py</c> reads it.
/// </summary>
internal static class WorkloadFile
{
    /// <summary>Writes initial parameters, tokens, tasks and the two orders of batches.</summary>
    public static void Save(SyntheticWorkload workload, string path)
    {
        var file = new SafetensorsFile();
        var spec = workload.Spec;
        file.Metadata["steps"] = Text(spec.Steps);
        file.Metadata["localRate"] = Text(spec.LocalLr);
        file.Metadata["order"] = spec.Order == MetaGradientOrder.Second ? "second" : "first";
        file.Metadata["adamRate"] = Text(spec.AdamLr);
        file.Metadata["batch"] = Text(spec.Batch);
        foreach (var parameter in workload.CreateParameters().All)
        {
            file.Add($"parameter.{parameter.Name}", parameter.Values, [.. parameter.Shape]);
        }
        AddFields("item", workload.Schema.ItemFields);
        AddFields("user", workload.Schema.UserFields);
        var tasks = workload.Batch([.. Enumerable.Range(0, spec.Users)]);
        AddIndices("users", tasks.Users);
        AddSide("support", tasks.SupportStarts, tasks.SupportItems, tasks.SupportLabels);
        AddSide("query", tasks.QueryStarts, tasks.QueryItems, tasks.QueryLabels);
        AddIndices("order.random", workload.Order(TaskOrder.Random));
        AddIndices("order.bucketed", workload.Order(TaskOrder.Bucketed));
        file.Save(path);

        void AddFields(string side, ImmutableArray<InputField> fields)
        {
            file.Metadata[$"{side}Fields"] = JsonSerializer.Serialize(fields.Select(f => f.Name));
            foreach (var field in fields.Cast<TokenField>())
            {
                AddIndices($"tokens.{side}.{field.Name}", field.Tokens);
            }
        }

        void AddSide(string side, ImmutableArray<int> starts, ImmutableArray<int> items, ImmutableArray<float> labels)
        {
            AddIndices($"{side}.offsets", starts);
            AddIndices($"{side}.items", items);
            file.Add($"{side}.labels", [.. labels], labels.Length);
        }

        void AddIndices(string name, IReadOnlyCollection<int> values) =>
            file.Add(name, [.. values.Select(x => (double)x)], values.Count);
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}

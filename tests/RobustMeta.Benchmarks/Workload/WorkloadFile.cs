using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using RobustMeta.Models;
using RobustMeta.Models.Layers;
using RobustMeta.Settings;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Benchmarks.Workload;

/// <summary>
/// A workload as a file for other languages. Whole numbers stand as 64-bit floating-point ones, exact far beyond any
/// index here. <c>peers/workload.py</c> reads it.
/// </summary>
internal static class WorkloadFile
{
    /// <summary>Writes settings and initial parameters and state of a model, tokens, tasks and the two orders of batches.</summary>
    /// <param name="workload">The tasks.</param>
    /// <param name="settings">Settings of the model.</param>
    /// <param name="model">The model.</param>
    /// <param name="path">Where to.</param>
    public static void Save(SyntheticWorkload workload, ModelSpec settings, MetaRecommender model, string path)
    {
        var file = new SafetensorsFile();
        var spec = workload.Spec;
        file.Metadata["model"] = model.Name;
        file.Metadata["settings"] = JsonSerializer.Serialize(
            SettingList.Of(settings).ToDictionary(setting => setting.Key, setting => setting.Print(settings))
        );
        file.Metadata["adamRate"] = Text(spec.AdamLr);
        file.Metadata["batch"] = Text(spec.Batch);
        var parameters = model.CreateParameters(spec.Seed);
        foreach (var parameter in parameters.All)
        {
            var kind = parameter.IsState ? "state" : "parameter";
            file.Add($"{kind}.{parameter.Name}", parameter.Values.ToArray(), [.. parameter.Shape]);
        }
        AddFields("item", workload.Schema.ItemFields);
        AddFields("user", workload.Schema.UserFields);
        var tasks = workload.Batch([.. Enumerable.Range(0, spec.Users)]);
        AddIndices("users", tasks.Users);
        AddIndices("identity", workload.Schema.UserIdentity.Tokens);
        AddSide("support", tasks.SupportStarts, tasks.SupportItems, tasks.SupportLabels);
        AddSide("query", tasks.QueryStarts, tasks.QueryItems, tasks.QueryLabels);
        AddIndices("order.random", workload.Order(TaskOrder.Random));
        AddIndices("order.bucketed", workload.Order(TaskOrder.Bucketed));
        if (settings is TaNPSpec process)
        {
            AddDraws(process, parameters);
        }
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

        // What the first step of a training draws: a context and noise for each task.
        void AddDraws(TaNPSpec process, ParameterSet initial)
        {
            var random = new RandomStream(TaNP.RandomName);
            var state = (initial[random.KeyName].Values[0], initial[random.StepName].Values[0]);
            var draws = new ProcessDraws(random, process.ContextMin);
            var contexts = tasks
                .Users.Select((user, t) => draws.Context(state, user, tasks.SupportLength(t)))
                .ToArray();
            var starts = new int[tasks.Count + 1];
            var noise = new double[tasks.Count * process.ZDim];
            for (var t = 0; t < tasks.Count; t++)
            {
                starts[t + 1] = starts[t] + contexts[t].Length;
                draws.Noise(state, tasks.Users[t], noise.AsSpan(t * process.ZDim, process.ZDim));
            }
            AddIndices("context.offsets", starts);
            AddIndices("context.places", [.. contexts.SelectMany(places => places)]);
            file.Add("noise", noise, tasks.Count, process.ZDim);
        }

        void AddIndices(string name, IReadOnlyCollection<int> values) =>
            file.Add(name, [.. values.Select(x => (double)x)], values.Count);
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}

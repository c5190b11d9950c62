using RobustMeta.Bias;
using RobustMeta.Engine;
using RobustMeta.Experiments;
using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>A finished run as it was trained: its spec, its parameters, and what it knows of its data.</summary>
internal sealed class TrainedRun
{
    private const string Weights = "model.safetensors";

    // What a folder has once its run is finished.
    private static readonly string[] Required = [SpecFile.OfRun, "done"];

    private readonly IReadOnlyList<ParameterSet> members;
    private readonly MetaMethodSpec method;

    /// <summary>Reads a run's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">It is no finished run, or its files do not belong together.</exception>
    /// <exception cref="SettingException">Its method keeps no parameters, or this version does not know its settings.</exception>
    public TrainedRun(string folder)
    {
        RequireFinished(folder);
        RunManifest.RequireList(folder);
        RequireUnchanged(folder, SpecFile.OfRun);
        HasOwnWeights = !RunManifest.Holds(folder, Weights);
        var specPath = Path.Combine(folder, SpecFile.OfRun);
        Spec = SpecFile.Read(specPath);
        method =
            Spec.Method as MetaMethodSpec
            ?? throw new SettingException(
                $"{folder}: {Spec.Method.Name} is a baseline, which keeps no parameters in its run's folder and cannot be used "
                    + "without its data. Run a model, e.g. MetaPMF or MetaRidge; a baseline is measured beside it by itself."
            );
        // A file of another version is called that, before it is called changed.
        Data = ServingFile.Read(Path.Combine(folder, ServingFile.Name));
        RequireUnchanged(folder, ServingFile.Name);
        var weights = new RunWeights(Path.Combine(folder, Weights), Data);
        if (weights.Spec is { } text && text != RegularFile.Text(specPath))
        {
            throw new InvalidDataException(
                $"{Path.Combine(folder, Weights)} was trained with other settings than {SpecFile.OfRun} beside it. Put the files of "
                    + "one run together, or make the run again."
            );
        }
        var model = Create(new UserSlot(Data).Schema);
        IReadOnlyList<string> prefixes =
            method.Robustness.Population.Count == 0
                ? [""]
                : [.. method.Robustness.Population.Select(radius => $"radius {PopulationRun.Name(radius)} ")];
        weights.RequireOnly(prefixes.SelectMany(p => model.Shapes.Select(shape => p + shape.Name)).ToHashSet());
        members = [.. prefixes.Select(prefix => weights.Of(model, prefix))];
    }

    /// <summary>The experiment.</summary>
    public ExperimentSpec Spec { get; }

    /// <summary>Whether the weights are others than the run wrote.</summary>
    public bool HasOwnWeights { get; }

    /// <summary>What the run knows of its data.</summary>
    public ServingData Data { get; }

    /// <summary>The model's hyper-parameters.</summary>
    public ModelSpec Model => method.Model;

    /// <summary>Parameters of the model; null for a population of several.</summary>
    public ParameterSet? Parameters => members.Count == 1 ? members[0] : null;

    /// <summary>Whether the run's engine computes by automatic differentiation, and needs libtorch.</summary>
    public bool NeedsTorch =>
        method.Engine.Engine == EngineKind.Autograd
        || (
            method.Engine.Engine == EngineKind.Auto
            && FusedEngine.Refusal(Create(new UserSlot(Data).Schema)) is not null
        );

    /// <summary>The method as it was evaluated.</summary>
    /// <param name="schema">What it sees: the run's items, and users of any kind.</param>
    /// <param name="threads">Threads of each engine.</param>
    /// <param name="onTorch">Whether engines compute by automatic differentiation.</param>
    public RunPredictor Predictor(InputSchema schema, int threads, bool onTorch)
    {
        var engines = members.Select(parameters => EngineOf(Create(schema), parameters, threads, onTorch)).ToList();
        var predictors = engines.Select(engine => new EnginePredictor(Spec.MethodName, engine)).ToList();
        return new(
            method.Robustness.Population.Count == 0
                ? predictors[0]
                : new PopulationPredictor(
                    Spec.MethodName,
                    Data.Label,
                    [.. predictors],
                    method.Robustness.PopulationCaution
                ),
            engines
        );
    }

    /// <summary>The model as data; null where it has no such form.</summary>
    /// <typeparam name="TForm">Kind of form.</typeparam>
    /// <param name="schema">What it sees.</param>
    public TForm? FormOn<TForm>(InputSchema schema)
        where TForm : class => (Create(schema) as IHasForm<TForm>)?.Form;

    private static void RequireUnchanged(string folder, string name)
    {
        if (!RunManifest.Holds(folder, name))
        {
            throw new InvalidDataException(
                $"{Path.Combine(folder, name)} is missing or is not what the run wrote. Make the run again."
            );
        }
    }

    private MetaRecommender Create(InputSchema schema) =>
        method.Model.Create(schema, method.Features.EmbeddingScale, Data.Label);

    private IMetaGradientEngine EngineOf(MetaRecommender model, ParameterSet parameters, int threads, bool onTorch)
    {
        IMetaGradientEngine engine = onTorch
            ? new AutogradEngine(model, parameters, threads)
            : new FusedEngine(model, parameters, threads);
        return method.Model.Offset == OffsetKind.None
            ? engine
            : new OffsetEngine(engine, new BiasModel(Data.Label, Data.Statistics));
    }

    // Folders of finished runs.
    private static string[] RunsIn(string folder) =>
        [
            .. Directory
                .EnumerateDirectories(folder)
                .Where(run => Required.All(name => File.Exists(Path.Combine(run, name))))
                .Order(StringComparer.Ordinal),
        ];

    private static string Remedy(string folder) =>
        RunsIn(folder) switch
        {
            [] => "Let the run finish, or name the folder of another.",
            [var only] => $"There is a finished run in it: name {only}.",
            [var first, .. var others] =>
                $"There are {1 + others.Length} finished runs in it: name one, such as {first}.",
        };

    // The end of the sentence that there is no such folder, with those beside it: names of runs end with a key, which is easily left out.
    private static string Nearest(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder, Environment.CurrentDirectory));
        var runs = Path.GetDirectoryName(path) is { } parent && Directory.Exists(parent) ? RunsIn(parent) : [];
        return NearestName.End(Path.GetFileName(path), runs.Select(run => Path.GetFileName(run)));
    }

    // A file of a run is easily named in place of its folder.
    private static string FolderOf(string file) =>
        Path.GetDirectoryName(Path.GetFullPath(file, Environment.CurrentDirectory)) is { } folder
        && Required.All(name => File.Exists(Path.Combine(folder, name)))
            ? $" It is in the folder of a finished run: name {folder}."
            : "";

    private static void RequireFinished(string folder)
    {
        FilledWord.Require(folder, "the folder of a run");
        if (File.Exists(folder) && FileIdentity.Of(folder).IsRegular)
        {
            throw new SettingException(
                $"{folder} is a file. Expected the folder of a run, as 'run MODEL' names it at its end.{FolderOf(folder)}"
            );
        }
        if (!Directory.Exists(folder))
        {
            throw new SettingException(
                $"There is no folder {folder}{Nearest(folder)} Expected the folder of a run, as 'run MODEL' names it at its end."
            );
        }
        foreach (var name in Required.Where(name => !File.Exists(Path.Combine(folder, name))))
        {
            throw new SettingException($"{folder} has no {name}: it is no finished run. {Remedy(folder)}");
        }
    }
}

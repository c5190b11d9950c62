using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Robustness.References;
using RobustMeta.Tasks;
using RobustMeta.Training;

namespace RobustMeta.Experiments;

/// <summary>A trained meta-recommender, or a population of them, with all that is known of its training.</summary>
internal sealed class TrainedPredictor : IPredictor, IDisposable
{
    private readonly IPredictor predictor;
    private readonly IReadOnlyList<TrainedModel> models;

    /// <summary>Takes over the models.</summary>
    /// <param name="predictor">What scores with them.</param>
    /// <param name="models">The trained models, at least one.</param>
    /// <param name="fitted">The reference that they were trained against.</param>
    public TrainedPredictor(IPredictor predictor, IReadOnlyList<TrainedModel> models, FittedReference fitted)
    {
        this.predictor = predictor;
        this.models = models;
        var cost = models[0].Cost;
        Training = models[0].Training;
        Parameters = models[0].Engine.Parameters;
        Weights = models[0].Weights;
        TrainingLosses = models[0].Losses;
        Cost = cost with { Reference = fitted.Time };
        References = fitted.Losses;
    }

    /// <inheritdoc/>
    public string Name => predictor.Name;

    /// <inheritdoc/>
    public bool ScoresAreLabels => predictor.ScoresAreLabels;

    /// <summary>History of the training; of a population the first member's.</summary>
    public TrainingResult Training { get; init; }

    /// <summary>Parameters of the best epoch, of all members.</summary>
    public ParameterSet Parameters { get; init; }

    /// <summary>Learned weights of the best epoch.</summary>
    public HierarchicalWeights Weights { get; }

    /// <summary>Loss of each training query interaction at the best epoch, user after user; empty where no weights are learned.</summary>
    public IReadOnlyList<float> TrainingLosses { get; }

    /// <summary>What training cost.</summary>
    public RunCost Cost { get; init; }

    /// <summary>The members of a population.</summary>
    public IReadOnlyList<PopulationMember> Members { get; init; } = [];

    /// <summary>Validation losses of the plain model and the reference candidates.</summary>
    public IReadOnlyList<ReferenceLoss> References { get; }

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch) => predictor.Predict(batch);

    /// <summary>Ends the engines.</summary>
    public void Dispose()
    {
        foreach (var model in models)
        {
            model.Dispose();
        }
    }
}

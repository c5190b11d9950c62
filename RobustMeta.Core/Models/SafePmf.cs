using RobustMeta.Models.Factors;
using RobustMeta.Models.Layers;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// <see cref="MetaPmf"/> that is informed by exposure as far as a user's own ratings bear it out (<see cref="PriorKind.Safe"/>): two whole
/// models, one with informed priors and a plain one, each with items, noise and priors of its own. Each is started and trained as it
/// would be alone, so that the plain one is <see cref="MetaPmf"/> without exposure; a user's scores are those of both, weighed by
/// <see cref="SafeMixture"/>. Where held-out training users gain nothing from exposure the weight of the informed one is 0 for all
/// (<see cref="SafeOdds"/>), and the scores are the plain ones.
/// <para>
/// Parameters: those of the informed model under their names, those of the other one as <c>plain.NAME</c>, and <c>exposure.odds [1]</c>,
/// which stays as the start computes it. Training descends on the query losses of both, with the same weights; as they share no
/// parameter, each descends on its own. The losses that an adversary sees are those of the informed model.
/// </para>
/// </summary>
internal sealed class SafePmf : MetaRecommender, IHasForm<SafeForm>
{
    private readonly MetaPmf informed;
    private readonly MetaPmf plain;

    private readonly PriorInformation ofPlain;

    // The same with a plain model that is before training what training makes of it: what exposure is worth is measured with it.
    private readonly SafePmf? trial;

    /// <summary>A model for given inputs.</summary>
    /// <param name="spec">Number of factors, start, fold-in, the items' prior of the informed model.</param>
    /// <param name="schema">The inputs of the model.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings (where they are not computed).</param>
    /// <param name="label">What is predicted.</param>
    public SafePmf(MetaPmfSpec spec, InputSchema schema, double embeddingScale, LabelKind label)
        : this(
            Part(Given(spec), Given(schema), embeddingScale, label, ("userPrior", "exposure")),
            Part(
                spec,
                schema,
                embeddingScale,
                label,
                ("userPrior", "plain"),
                ("itemPrior", "plain"),
                ("exposureControl", "none")
            ),
            PriorInformation.None
        ) => trial = new(informed, informed.Uninformed, PriorInformation.Choice);

    private SafePmf(MetaPmf informed, MetaPmf plain, PriorInformation ofPlain)
        : base(informed.Name, informed.Label)
    {
        (this.informed, this.plain) = (informed, plain);
        this.ofPlain = ofPlain;
        SupportWeighting = SupportWeighting.Differentiable;
        Shapes =
        [
            .. informed.Shapes,
            .. plain.Shapes.Select(shape => shape with { Name = SafeForm.NameOfPlain(shape.Name) }),
            ParameterShape.Constant(SafeForm.Odds, SafeMixture.Never, 1) with
            {
                IsState = true,
            },
        ];
        var (first, second) = (informed.Phases[0].Learned, plain.Phases[0].Learned);
        Phases =
        [
            // Empty: all of both are learned.
            TrainingPhase.Main with
            {
                Learned = first.Union(second.Select(SafeForm.NameOfPlain)),
            },
        ];
    }

    /// <inheritdoc/>
    public SafeForm Form => new(informed.Form, plain.Form);

    /// <inheritdoc/>
    public override bool StartsFitted => true;

    /// <inheritdoc/>
    public override void Start(ParameterSet parameters, TaskBatch train, long seed, int threads = 0)
    {
        // Held-out users are scored with tensors, before any engine has loaded them.
        NativeLibraries.EnsureLoaded();
        var (_, informsItems) = informed.Choose(train, seed, threads);
        Solve(parameters, train, informsItems, seed, threads);
        parameters[SafeForm.Odds].Values[0] = (float)SafeOdds.Of(trial!, HeldOut.Divide(train).Select(Fitted));

        (ParameterSet, TaskBatch) Fitted((TaskBatch Part, TaskBatch Held) fold)
        {
            var fitted = trial!.CreateParameters(seed);
            trial.Solve(fitted, fold.Part, informsItems, seed, threads);
            return (fitted, fold.Held);
        }
    }

    private void Solve(ParameterSet target, TaskBatch users, bool informsItems, long seed, int threads)
    {
        var first = target.All.Where(p => !SafeForm.IsPlain(p.Name));
        informed.Solve(new(first), users, PriorInformation.Exposure, informsItems, seed, threads);
        var own = target.All.Where(p => SafeForm.IsPlain(p.Name)).Select(p => p.Named(SafeForm.WithinPlain(p.Name)));
        plain.Solve(new(own), users, ofPlain, false, seed, threads);
    }

    /// <inheritdoc/>
    public override Prediction Predict(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch,
        TrainingPhase? training
    )
    {
        if (training is null)
        {
            var (first, second, evidence) = Hypotheses(theta, batch, isShuffled: false);
            return new(SafeMixture.Of(first, second, evidence, theta[SafeForm.Odds]));
        }
        var scores = plain.Predict(PlainOf(theta), batch, training).Scores.Plus(batch.Query.Offset);
        return informed.Predict(theta, batch, training) with
        {
            QueryLoss = Losses.Of(Label, scores, batch.Query.Labels),
        };
    }

    /// <summary>
    /// Scores of the queries <c>[B, Q]</c> by the informed model and by the plain one, and the evidence for the first from the support
    /// <c>[B, 1]</c> (<see cref="SafeMixture"/>).
    /// </summary>
    /// <param name="theta">Parameters by name.</param>
    /// <param name="batch">The tasks.</param>
    /// <param name="isShuffled">Whether each user has the exposure of the one before, which tells nothing of the user.</param>
    internal (Tensor Informed, Tensor Plain, Tensor Evidence) Hypotheses(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch,
        bool isShuffled
    )
    {
        var (first, second) = (informed.Fold(theta, batch), plain.Fold(PlainOf(theta), batch));
        var (priors, plainPriors) = (first.Prior(isShuffled), second.Prior());
        var evidence = SafeMixture.Evidence(
            batch,
            first.Weights,
            given => first.LogLikelihood(priors, given),
            given => second.LogLikelihood(plainPriors, given)
        );
        return (first.Query(priors, first.Weights), second.Query(plainPriors, second.Weights), evidence);
    }

    // A model with some settings changed.
    private static MetaPmf Part(
        MetaPmfSpec spec,
        InputSchema schema,
        double embeddingScale,
        LabelKind label,
        params IEnumerable<(string Key, string Value)> settings
    ) =>
        new(
            SettingList.With(spec, settings.Select(s => KeyValuePair.Create(s.Key, s.Value))),
            schema,
            embeddingScale,
            label
        );

    private static Dictionary<string, Tensor> PlainOf(IReadOnlyDictionary<string, Tensor> theta) =>
        theta
            .Where(parameter => SafeForm.IsPlain(parameter.Key))
            .ToDictionary(parameter => SafeForm.WithinPlain(parameter.Key), parameter => parameter.Value);
}

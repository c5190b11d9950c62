using System.Collections.Immutable;
using System.Globalization;
using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Training;

/// <summary>
/// The one training loop: descend on the weighted meta-objective, ascend the weights with the same losses. Plain
/// training is the same loop with weights that stay uniform.
/// </summary>
/// <param name="spec">The outer loop.</param>
/// <param name="engine">Losses and meta-gradients of the model.</param>
/// <param name="reweighter">User and interaction weights.</param>
/// <param name="source">Makes batches.</param>
/// <param name="tasks">Meta-training tasks.</param>
/// <param name="validation">What the best epoch is chosen by.</param>
/// <param name="seed">Order of the users; same seed, same bytes.</param>
/// <param name="phases">
/// The model's phases. All but the last are pretraining: uniform weights, no validation, no selection of an epoch.
/// </param>
/// <exception cref="SettingException">A setting of the outer loop is out of its range.</exception>
public sealed class Trainer(
    TrainerSpec spec,
    IMetaGradientEngine engine,
    Reweighter reweighter,
    TaskSource source,
    ImmutableArray<UserTask> tasks,
    ValidationCriterion validation,
    long seed,
    ImmutableArray<TrainingPhase> phases
)
{
    private readonly TrainerSpec spec = Valid(spec);
    private readonly IMetaGradientEngine engine = engine ?? throw new ArgumentNullException(nameof(engine));
    private readonly Reweighter reweighter = reweighter ?? throw new ArgumentNullException(nameof(reweighter));
    private readonly TaskSource source = source ?? throw new ArgumentNullException(nameof(source));
    private readonly ValidationCriterion validation = validation ?? throw new ArgumentNullException(nameof(validation));
    private readonly Optimizer optimizer = Optimizer.Of(spec.Optimizer, engine.Parameters, spec.WeightDecay);

    /// <summary>Epochs of the phases before the last.</summary>
    internal int Pretraining { get; } = phases[..^1].Sum(phase => phase.Epochs ?? spec.Epoch);

    // Pretraining weighs all alike: there is no adversary yet.
    private readonly Reweighter plain = Reweighter.Plain([.. tasks.Select(task => task.Query.Length)]);

    // Looked up once: batches are parts of it. Negatives that are drawn anew change it in every epoch.
    private readonly TaskBatch? whole = source.HasFreshNegatives ? null : source.All(tasks);
    private float[] queryWeights = [];
    private float[] userWeights = [];
    private readonly IPredictor predictor = new EnginePredictor("validation", engine);

    /// <summary>Trains, from a checkpoint if there is one.</summary>
    /// <param name="checkpoint">Where to save and look for the state; null to keep none.</param>
    /// <param name="progress">Is told each epoch, on this thread.</param>
    /// <param name="cancellation">Stops after the current batch; the state after the last whole epoch is saved.</param>
    /// <exception cref="DivergenceException">A loss, gradient or validation score is not finite.</exception>
    /// <exception cref="TrainingInterruptedException">Cancelled.</exception>
    public TrainingResult Run(
        Checkpoint? checkpoint = null,
        IProgress<EpochRecord>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var state = checkpoint?.Load(engine.Parameters, optimizer, reweighter) ?? Start();
        while (state.Epoch < Epochs && !IsOutOfPatience(state))
        {
            try
            {
                state = Next(state, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                checkpoint?.SaveKept();
                throw TrainingInterruptedException.In(
                    state.Epoch + 1,
                    checkpoint is not null && state.Epoch > 0,
                    cancellation
                );
            }
            checkpoint?.Keep(state, engine.Parameters, optimizer, reweighter);
            progress?.Report(state.History[^1]);
        }
        if (checkpoint is { KeepsEnd: true })
        {
            checkpoint.SaveKept();
        }
        engine.Parameters.Restore(state.Best);
        reweighter.Weights.Restore(state.BestWeights);
        return new(state.History, state.BestEpoch, state.BestValidation, state.Epoch < Epochs, []);
    }

    private static TrainerSpec Valid(TrainerSpec spec)
    {
        SettingList.RequireInRange(spec);
        return spec;
    }

    private int Epochs => Pretraining + spec.Epoch;

    private TrainingState Start() =>
        new(0, [], engine.Parameters.Snapshot(), reweighter.Weights.Snapshot(), 0, validation.Evaluate(predictor));

    private bool IsOutOfPatience(TrainingState state) =>
        spec.Patience > 0 && state.Epoch - state.BestEpoch >= spec.Patience;

    private TrainingState Next(TrainingState state, CancellationToken cancellation)
    {
        var epoch = state.Epoch + 1;
        var (phase, done) = PhaseAfter(state.Epoch);
        if (done == 0)
        {
            optimizer.Reset();
        }
        var rate = (phase.LearningRate ?? spec.Lr) * Math.Pow(spec.Gamma, done);
        var sums = Descend(epoch, phase, rate, cancellation);
        var certificate = AdversaryIn(epoch).EndEpoch();
        var batches = (tasks.Length + spec.BatchSize - 1) / spec.BatchSize;
        var value = validation.Evaluate(new FiniteScores(predictor, epoch, batches));
        var record = new EpochRecord(
            epoch,
            rate,
            sums.MeanLoss,
            sums.RobustLoss,
            value,
            certificate.UserEss,
            certificate.InteractionEss,
            sums.GradientNorm,
            certificate.Worst,
            certificate.Gap
        );
        var history = state.History.Add(record);
        return epoch <= Pretraining || validation.IsBetter(value, state.BestValidation)
            ? new(epoch, history, engine.Parameters.Snapshot(), reweighter.Weights.Snapshot(), epoch, value)
            : state with
            {
                Epoch = epoch,
                History = history,
            };
    }

    // The phase of the epoch that follows, and how many epochs of it are done.
    private (TrainingPhase Phase, int Done) PhaseAfter(int epoch)
    {
        foreach (var phase in phases[..^1])
        {
            var length = phase.Epochs ?? spec.Epoch;
            if (epoch < length)
            {
                return (phase, epoch);
            }
            epoch -= length;
        }
        return (phases[^1], epoch);
    }

    private (double MeanLoss, double RobustLoss, double GradientNorm) Descend(
        int epoch,
        TrainingPhase phase,
        double rate,
        CancellationToken cancellation
    )
    {
        var random = Seeds.Generator(seed, "shuffle", epoch.ToString(CultureInfo.InvariantCulture));
        var order = BatchOrder.Of(tasks, spec.BatchSize, spec.Bucketed, random);
        var learned = engine.Parameters.All.Where(phase.Learns).ToList();
        double mean = 0;
        double robust = 0;
        double norm = 0;
        var number = 0;
        var shown = whole ?? source.InEpoch(epoch).All(tasks);
        for (var start = 0; start < order.Length; start += spec.BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            number++;
            var users = order.AsSpan(start, Math.Min(spec.BatchSize, order.Length - start));
            var adversary = AdversaryIn(epoch);
            if (PartedBatch.IsPossible(engine, adversary, phase))
            {
                adversary.Arrange(users);
            }
            var batch = adversary.Relabel(shown.Part(users));

            var parted = PartedBatch.Of(engine, batch, adversary, phase);
            var losses = parted is null
                ? engine.Forward(batch, adversary.SupportWeights(batch), phase)
                : parted.Forward();
            RequireFinite(losses, epoch, number);
            parted?.Teach(adversary);
            var weights = Buffer(ref queryWeights, losses.Length);
            var ofUsers = Buffer(ref userWeights, batch.Count);
            adversary.Weigh(batch, losses, weights, ofUsers);
            mean += BatchLoss.Mean(batch, losses) * batch.Count;
            robust += BatchLoss.Weighted(losses, weights) * batch.Count;

            if (parted is null)
            {
                engine.Backward(weights, ofUsers);
            }
            else
            {
                parted.Backward(ofUsers);
            }
            adversary.AscendSupport(batch, engine.SupportGradient);
            var length = GradientNorm.Of(engine.Parameters);
            if (!double.IsFinite(length))
            {
                throw new DivergenceException(epoch, number, GradientNorm.Culprit(engine.Parameters));
            }
            norm += length * batch.Count;
            optimizer.Step(learned, rate, spec.Clip > 0 && length > spec.Clip ? spec.Clip / length : 1);
            adversary.Ascend(
                batch,
                adversary.IsAlternating ? engine.Forward(batch, adversary.SupportWeights(batch), phase) : default
            );
        }
        return (mean / order.Length, robust / order.Length, norm / order.Length);
    }

    private Reweighter AdversaryIn(int epoch) => epoch > Pretraining ? reweighter : plain;

    private static Span<float> Buffer(ref float[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new float[length];
        }
        return buffer.AsSpan(0, length);
    }

    private static void RequireFinite(ReadOnlySpan<float> losses, int epoch, int batch)
    {
        foreach (var loss in losses)
        {
            if (!float.IsFinite(loss))
            {
                throw new DivergenceException(epoch, batch, "the loss");
            }
        }
    }
}

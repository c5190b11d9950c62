using System.Collections.Immutable;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Robustness.References;

/// <summary>Which reference the adversary's losses are measured against.</summary>
public sealed record ReferenceSpec : ISpec
{
    /// <summary>Kind of reference.</summary>
    [Setting(
        "the model whose losses are subtracted from those the adversary sees: none (raw losses), bias, crossfit, auto, userConstant, …"
    )]
    public ReferenceKind Reference { get; init; } = new NoReferenceKind();

    /// <summary>Stands for the model itself, trained plainly.</summary>
    public const string SameModel = "same";

    /// <summary>The model of <see cref="CrossFittedReference"/>, with its default hyper-parameters.</summary>
    [Setting("model of the cross-fitted reference, at its defaults; same takes the model itself, trained plainly")]
    public string ReferenceModel { get; init; } = SameModel;

    /// <summary>Folds of <see cref="CrossFittedReference"/>.</summary>
    [Setting("folds of the cross-fitted reference", Min = 2, Max = 100)]
    public int ReferenceFolds { get; init; } = 2;

    /// <summary>Observations per item that <see cref="ItemAverageReference"/> averages over.</summary>
    [Setting("observations per item after which streaming item averages forget", Min = 1, Max = 1e9)]
    public double ReferenceHorizon { get; init; } = 200;

    /// <summary>What the user level subtracts.</summary>
    [Setting("what the user level subtracts: the reference weighted like the losses, or its plain mean")]
    public UserExcess UserExcess { get; init; } = UserExcess.Weighted;

    /// <summary>Whether the reference is compared with the plainly trained model on the validation users.</summary>
    [Setting("whether the reference is compared with the plainly trained model on validation users (costs a training)")]
    public bool CheckReference { get; init; } = true;

    /// <summary>Weight of the reference's own predictions in the labels that the learner descends on.</summary>
    [Setting(
        "weight of the reference's predictions in the labels the learner descends on (distillation)",
        Min = 0,
        Max = 1
    )]
    public double Distill { get; init; }

    /// <summary>Fits the reference, once, before training.</summary>
    /// <param name="source">Ratings and labels.</param>
    /// <param name="tasks">Training tasks.</param>
    /// <param name="fit">Trains the model of a cross-fitted reference on some tasks; null where there is none.</param>
    /// <param name="seed">Master seed of the run.</param>
    /// <exception cref="SettingException">The settings do not go together.</exception>
    public Reference Fit(
        TaskSource source,
        ImmutableArray<UserTask> tasks,
        Func<ImmutableArray<UserTask>, IPredictor>? fit,
        long seed
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        RequireValid();
        return Reference.Fit(new(source, tasks, this, fit, seed));
    }

    /// <summary>Throws where settings do not go together.</summary>
    /// <exception cref="SettingException">They do not; the message says what would.</exception>
    public void RequireValid()
    {
        if (Distill > 0 && !Reference.Predicts)
        {
            throw new SettingException(
                $"distill needs a reference that predicts, bias or crossfit; reference is {Reference}."
            );
        }
    }
}

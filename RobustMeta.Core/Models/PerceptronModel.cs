using System.Collections.Immutable;
using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// Every model that has the form of an adapting perceptron (MeLU, ANIL, Meta-SGD, CAVIA and their first-order variants):
/// embedded features, concatenated, go through a decision network of which the form says what a user's support set
/// adapts. Embeddings stay slow.
/// </summary>
public sealed class PerceptronModel : MetaRecommender, IHasForm<PerceptronForm>
{
    private readonly PerceptronForm form;
    private readonly TaskEncoder encoder;
    private readonly DecisionNetwork head;
    private readonly InnerLoop inner;
    private readonly ImmutableArray<int> adapted;

    /// <summary>The model of a form.</summary>
    /// <param name="name">Name as it stands in specs and results.</param>
    /// <param name="form">What it computes.</param>
    /// <param name="embeddingScale">Standard deviation of the initial embeddings.</param>
    /// <param name="label">What is predicted.</param>
    /// <exception cref="ArgumentException">The form adapts embeddings.</exception>
    public PerceptronModel(string name, PerceptronForm form, double embeddingScale, LabelKind label)
        : base(name, label)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (form.AdaptsEmbeddings)
        {
            throw new ArgumentException(
                $"{name} adapts embeddings, which are slow here; take {nameof(Maml)}.",
                nameof(form)
            );
        }
        this.form = form;
        encoder = new(form.Schema, takesExposure: true);
        head = new("head", encoder.Width + form.ContextDim, form.Hidden.Add(1), form.Activation);
        inner = new(form.Inner, new(label));
        adapted = [.. Enumerable.Range(0, head.Shapes.Length).Where(i => form.AdaptedLayers[i / 2])];
        SupportWeighting = inner.SupportWeighting;
        Shapes = [.. encoder.Shapes(embeddingScale), .. head.Shapes, .. Rates()];
    }

    /// <inheritdoc/>
    public PerceptronForm Form => form;

    /// <inheritdoc/>
    public override void Start(ParameterSet parameters, TaskBatch train, long seed, int threads = 0) =>
        encoder.Start(parameters, train, seed, threads);

    /// <inheritdoc/>
    public override Prediction Predict(
        IReadOnlyDictionary<string, Tensor> theta,
        TaskTensors batch,
        TrainingPhase? training
    )
    {
        var users = batch.Batch.Count;
        var (items, people) = encoder.Encode(theta, batch);
        var support = TaskEncoder.Inputs(items, people, batch.Support);
        var slow = head.Shapes.Select(shape => theta[shape.Name]).ToList();
        var initial = adapted.Select(i => InnerLoop.PerUser(slow[i], users)).ToList();
        if (form.ContextDim > 0)
        {
            initial.Add(zeros([users, form.ContextDim], support.dtype).requires_grad_());
        }
        var rates = form.LearnsLocalRates ? Rates().Select(rate => theta[rate.Name]).ToList() : null;
        var fast = inner.Adapt(initial, rates, x => Score(slow, x, support), batch, training is not null);
        return new(Score(slow, fast, TaskEncoder.Inputs(items, people, batch.Query)));
    }

    // Layers that are not adapted stay as they are, without a user axis; the context, if any, is the last fast one.
    private Tensor Score(List<Tensor> slow, IReadOnlyList<Tensor> fast, Tensor inputs)
    {
        var layers = slow.ToArray();
        for (var i = 0; i < adapted.Length; i++)
        {
            layers[adapted[i]] = fast[i];
        }
        var context = form.ContextDim == 0 ? null : fast[^1].unsqueeze(1).expand(-1, inputs.shape[1], -1);
        return head.Apply(layers, context is null ? inputs : cat([inputs, context], 2)).squeeze(2);
    }

    private IEnumerable<ParameterShape> Rates()
    {
        if (!form.LearnsLocalRates)
        {
            return [];
        }
        return
        [
            .. adapted.Select(i => head.Shapes[i]).Select(s => Rate(s.Name, [.. s.Shape])),
            .. form.ContextDim == 0 ? [] : new[] { Rate("context", form.ContextDim) },
        ];
    }

    private ParameterShape Rate(string name, params int[] shape) =>
        ParameterShape.Constant($"rate.{name}", form.Inner.LocalLr, shape);
}

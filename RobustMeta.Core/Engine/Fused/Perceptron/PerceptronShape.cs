using System.Collections.Immutable;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <summary>
/// A <see cref="PerceptronForm"/> as the kernels see it. Layers are numbered from 1; layer 0 is the item's part of the
/// input. The user's part, the context and the bias of the first layer are the same for all rows of a user and enter as
/// one vector.
/// </summary>
internal sealed class PerceptronShape
{
    /// <summary>The shape of a form.</summary>
    /// <param name="form">The form.</param>
    /// <param name="label">What is predicted.</param>
    /// <param name="padded">Length of a row of so many columns.</param>
    /// <param name="training">Whether it is for training: a joint form adapts in prediction alone.</param>
    public PerceptronShape(PerceptronForm form, LabelKind label, Func<int, int> padded, bool training)
    {
        Form = form;
        Label = label;
        Hidden = form.Hidden.Length;
        Width = [form.Schema.ItemWidth, .. form.Hidden];
        Padded = [.. Width.Select(padded)];
        UserWidth = form.UserWidth;
        UserPadded = padded(UserWidth);
        AdaptsHidden = [false, .. form.AdaptedLayers[..^1]];
        AdaptsOutput = form.AdaptedLayers[^1];
        IsJoint = form.IsJoint && training;
        Steps = Adapts && !IsJoint ? form.Inner.InnerSteps : 0;
    }

    /// <summary>The form.</summary>
    public PerceptronForm Form { get; }

    /// <summary>What is predicted.</summary>
    public LabelKind Label { get; }

    /// <summary>Number of hidden layers H, at least 1.</summary>
    public int Hidden { get; }

    /// <summary>Widths of the item part and the hidden layers, <c>[H+1]</c>.</summary>
    public ImmutableArray<int> Width { get; }

    /// <summary>Row lengths of the same.</summary>
    public ImmutableArray<int> Padded { get; }

    /// <summary>Width of the user part of the input.</summary>
    public int UserWidth { get; }

    /// <summary>Row length of the user part.</summary>
    public int UserPadded { get; }

    /// <summary>Width of the context, 0 for none.</summary>
    public int Context => Form.ContextDim;

    /// <summary>Whether layer l is adapted, <c>[H+1]</c>; entry 0 is not used.</summary>
    public ImmutableArray<bool> AdaptsHidden { get; }

    /// <summary>Whether the output layer is adapted.</summary>
    public bool AdaptsOutput { get; }

    /// <summary>Whether each adapted value has a rate of its own.</summary>
    public bool HasRates => Form.LearnsLocalRates;

    /// <summary>Whether support losses are part of the objective (see <see cref="PerceptronForm.IsJoint"/>).</summary>
    public bool IsJoint { get; }

    /// <summary>Inner steps; 0 where nothing is adapted.</summary>
    public int Steps { get; }

    /// <summary>Whether inner steps move the inputs (see <see cref="PerceptronForm.AdaptsEmbeddings"/>).</summary>
    public bool MovesInputs => Form.AdaptsEmbeddings && Steps > 0;

    /// <summary>Whether the meta-gradient goes through the inner steps.</summary>
    public bool IsSecondOrder => Form.Inner.Order == MetaGradientOrder.Second;

    /// <summary>Whether φ″ is anything but zero.</summary>
    public bool IsSmooth => Form.Activation is Activation.Tanh or Activation.Silu;

    /// <summary>
    /// Whether the last hidden layer's deltas are never formed in several steps, but for what they are made of: r, φ′ and w. So it is for
    /// piecewise linear φ with another hidden layer below.
    /// </summary>
    public bool SplitsLast => Hidden > 1 && !IsSmooth;

    /// <summary>
    /// Whether a user with so many supports and queries takes the first layer by kernels instead of weights of its own.
    /// </summary>
    public bool PrefersKernel(int supports, int queries) =>
        Steps > 0
        && AdaptsHidden[1]
        && !HasRates
        && !MovesInputs
        && KernelProducts(1, supports, queries) <= OwnProducts(1, supports, queries);

    /// <summary>
    /// Products to adapt layer l, use it and go back, by kernels between queries and supports and, with several steps,
    /// between supports (which is meant for the first layer, whose inputs no step changes).
    /// </summary>
    public double KernelProducts(int l, double supports, double queries)
    {
        var (below, width) = ((double)Width[l - 1], (double)Width[l]);
        var between = Steps > 1 ? 2 * supports * supports * below : 0;
        return 3 * supports * ((Steps - 1) * supports * width + queries * (below + width)) + between;
    }

    /// <summary>The same by weights of the user's own.</summary>
    public double OwnProducts(int l, double supports, double queries) =>
        3.0 * Width[l - 1] * Width[l] * ((2 * Steps - 1) * supports + queries);

    private bool Adapts => AdaptsOutput || AdaptsHidden.Contains(true) || Context > 0;

    /// <summary>Why the perceptron core cannot compute a model, or null where it can.</summary>
    public static string? Refusal(MetaRecommender model) =>
        (model as IHasForm<PerceptronForm>)?.Form switch
        {
            null => $"{model.Name} has none of the forms that the fused engine computes",
            { Hidden.IsEmpty: true } => $"{model.Name} has no hidden layer",
            { ContextDim: > 0 } form when form.AdaptedLayers[0] => $"{model.Name} adapts a context and the first layer",
            { AdaptsEmbeddings: true } form
                when !form.AdaptedLayers[0] || form.LearnsLocalRates || form.ContextDim > 0 || form.IsJoint =>
                $"{model.Name} adapts embeddings, but not the first layer at the same rate",
            _ => null,
        };
}

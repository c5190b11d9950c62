using System.Numerics;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused.Joined;

/// <summary>
/// One user of MAMO at a time: networks of the user (one row) and of the items (a row each), joined by a matrix, and a recommender on
/// top, all with weights of the user's own; inner steps, and the way back. See DERIVATION.md, MAMO.
/// </summary>
internal sealed unsafe partial class JoinedPass<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly JoinedBatch<T> batch;
    private readonly JoinedParameters<T> parameters;
    private readonly Arithmetic<T> arithmetic;
    private readonly LossKernel<T> loss;
    private readonly int steps;
    private readonly bool isSecondOrder;

    // The chains end in the two halves of the joining matrix: its rows for the user's network, and for the items'.
    private readonly OwnChain<T> person;
    private readonly OwnChain<T> things;
    private readonly OwnChain<T> top;
    private readonly OwnLayer<T>[] layers;

    // Of the support at each step, and of the queries behind the last: scores, then slopes of the losses; curvatures of supports.
    private readonly T*[] slopes;
    private readonly T*[] curvatures;
    private readonly Arena<T> scratch = new();
    private readonly Arena<T> place = new();
    private T* supportItems;
    private T* queryItems;

    /// <summary>A pass of a worker's own.</summary>
    /// <param name="form">The model.</param>
    /// <param name="label">What is predicted.</param>
    /// <param name="batch">The batch, filled before each use.</param>
    /// <param name="parameters">Meta-parameters and memories.</param>
    /// <param name="arithmetic">Arithmetic.</param>
    public JoinedPass(
        MamoForm form,
        Tasks.LabelKind label,
        JoinedBatch<T> batch,
        JoinedParameters<T> parameters,
        Arithmetic<T> arithmetic
    )
    {
        (this.batch, this.parameters, this.arithmetic, loss) = (batch, parameters, arithmetic, new(label));
        var (spec, width) = (form.Spec, form.Schema.EmbeddingDim);
        steps = spec.Inner.InnerSteps;
        isSecondOrder = spec.Inner.Order == MetaGradientOrder.Second;
        var rate = T.CreateChecked(spec.Inner.LocalLr);
        person = new(
            Layer(parameters.ProfileWidth, spec.HiddenDim1, isLeaky: true),
            Layer(spec.HiddenDim1, width, isLeaky: true),
            Layer(width, 2 * width, isLeaky: false, hasBias: false)
        );
        things = new(
            Layer(form.Schema.ItemWidth, spec.HiddenDim1, isLeaky: true),
            Layer(spec.HiddenDim1, width, isLeaky: true),
            Layer(width, 2 * width, isLeaky: false, hasBias: false)
        );
        top = new(Layer(2 * width, spec.HiddenDim2, isLeaky: true), Layer(spec.HiddenDim2, 1, isLeaky: false));
        layers = [.. person.Layers, .. things.Layers, .. top.Layers];
        slopes = new T*[steps + 1];
        curvatures = new T*[steps];

        OwnLayer<T> Layer(int inputs, int outputs, bool isLeaky, bool hasBias = true) =>
            new(inputs, outputs, isLeaky, hasBias, steps, rate, arithmetic);
    }

    private OwnLayer<T> UserJoin => person.Last;

    private OwnLayer<T> ItemJoin => things.Last;

    /// <summary>Memory that a user needs from <see cref="Forward"/> to <see cref="Reverse"/>.</summary>
    public long Measure(int user)
    {
        var memory = new Bump<T>(null);
        Carve(ref memory, user, training: true);
        return memory.Taken;
    }

    /// <summary>Scores, losses and what is kept of a user in training.</summary>
    public void Forward(int user, T* memory)
    {
        var bump = new Bump<T>(memory);
        Carve(ref bump, user, training: true);
        Adapt(user);
    }

    /// <summary>Scores of a user in evaluation.</summary>
    public void Predict(int user)
    {
        var measured = new Bump<T>(null);
        Carve(ref measured, user, training: false);
        place.Reset();
        var bump = new Bump<T>(place.Take(measured.Taken));
        Carve(ref bump, user, training: false);
        Adapt(user);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        scratch.Dispose();
        place.Dispose();
    }

    private void Carve(ref Bump<T> memory, int user, bool training)
    {
        var (supports, queries) = (batch.SupportOf(user).Count, batch.QueryOf(user).Count);
        for (var l = 0; l < layers.Length; l++)
        {
            var isPerson = l < person.Layers.Count;
            layers[l].Carve(ref memory, isPerson ? 1 : supports, isPerson ? 1 : queries, training);
        }
        // Weights that a user starts from alone: those of the user network, and the joining matrix, the user's half first.
        for (var l = 0; l < 2; l++)
        {
            person.Layers[l].Weight[0] = memory.Take(person.Layers[l].Size);
            person.Layers[l].Bias[0] = memory.Take(person.Layers[l].OutputPadded);
        }
        UserJoin.Weight[0] = memory.Take(UserJoin.Size + ItemJoin.Size);
        ItemJoin.Weight[0] = UserJoin.Weight[0] + UserJoin.Size;
        supportItems = memory.Take((long)supports * things.First.InputPadded);
        queryItems = memory.Take((long)queries * things.First.InputPadded);
        for (var t = 0; t < steps; t++)
        {
            slopes[t] = memory.Take(supports);
            curvatures[t] = memory.Take(supports);
        }
        slopes[steps] = memory.Take(queries);
        for (var t = 0; t <= steps; t++)
        {
            person.Attach(t, Profile(user));
            things.Attach(t, t < steps ? supportItems : queryItems);
            top.Attach(t, ItemJoin.Output[t]);
        }
    }

    private void Adapt(int user)
    {
        scratch.Reset();
        Start(user);
        var rows = batch.SupportOf(user);
        Gather(rows, supportItems);
        Gather(batch.QueryOf(user), queryItems);
        for (var t = 0; t < steps; t++)
        {
            Score(t, rows.Count);
            SupportLosses(t, rows);
            Backward(t, rows);
            person.Step(t, 1, scratch);
            things.Step(t, rows.Count, scratch);
            top.Step(t, rows.Count, scratch);
        }
        var queries = batch.QueryOf(user);
        Score(steps, queries.Count);
        batch.ScoreQueries(loss, slopes[steps], slopes[steps], queries.First - batch.SupportRows, queries.Count);
    }

    // Weights before the first step: φ_u − τ Σ a_k M_k, the memory of joining matrices as it is read, and the meta-parameters.
    private void Start(int user)
    {
        parameters.Memories.Attend(user, parameters.ProfileMemory, Profile(user));
        for (var l = 0; l < 2; l++)
        {
            var layer = person.Layers[l];
            Arithmetic<T>.Copy(parameters.Weight(JoinedPart.User, l), layer.Weight[0], layer.Size);
            Arithmetic<T>.Copy(parameters.Bias(JoinedPart.User, l), layer.Bias[0], layer.OutputPadded);
            parameters.MoveByMemory(user, l, layer.Weight[0], layer.Bias[0]);
            Take(things.Layers[l], JoinedPart.Item, l);
            Take(top.Layers[l], JoinedPart.Top, l);
        }
        Arithmetic<T>.Clear(UserJoin.Weight[0], UserJoin.Size + ItemJoin.Size);
        parameters.Memories.Read(user, parameters.JoinMemory, T.One, UserJoin.Weight[0]);
        foreach (var layer in layers)
        {
            layer.Start();
        }
    }

    private void Take(OwnLayer<T> layer, JoinedPart part, int l)
    {
        layer.Weight[0] = parameters.Weight(part, l);
        layer.Bias[0] = parameters.Bias(part, l);
    }

    private void Score(int t, int rows)
    {
        person.Forward(t, 1);
        things.Forward(t, rows);
        arithmetic.Outer(
            null,
            T.One,
            UserJoin.Output[t],
            ItemJoin.Output[t],
            rows,
            ItemJoin.OutputPadded,
            accumulate: true
        );
        top.Forward(t, rows);
        for (var i = 0; i < rows; i++)
        {
            slopes[t][i] = top.Last.Output[t][(long)i * top.Last.OutputPadded];
        }
    }

    private void SupportLosses(int t, RowRange rows)
    {
        var labels = batch.Tasks.SupportLabels.AsSpan();
        var offsets = batch.Tasks.SupportOffset.AsSpan();
        for (var i = 0; i < rows.Count; i++)
        {
            var place = rows.First + i;
            var score = slopes[t][i] + (offsets.IsEmpty ? T.Zero : T.CreateTruncating(offsets[place]));
            slopes[t][i] = loss.Slope(score, T.CreateTruncating(labels[place]));
            curvatures[t][i] = loss.Curvature(score);
        }
    }

    // Deltas of all layers from r_s = ω_s ℓ′_s.
    private void Backward(int t, RowRange rows)
    {
        var deltas = top.Last.Delta[t];
        Arithmetic<T>.Clear(deltas, (long)rows.Count * top.Last.OutputPadded);
        for (var i = 0; i < rows.Count; i++)
        {
            deltas[(long)i * top.Last.OutputPadded] = batch.Fractions[rows.First + i] * slopes[t][i];
        }
        top.Backward(t, rows.Count);
        top.First.Pull(t, top.First.Delta[t], ItemJoin.Delta[t], rows.Count, accumulate: false);
        SumRows(ItemJoin.Delta[t], UserJoin.Delta[t], rows.Count);
        things.Backward(t, rows.Count);
        person.Backward(t, 1);
    }

    private void SumRows(T* rows, T* sum, int count)
    {
        Arithmetic<T>.Clear(sum, UserJoin.OutputPadded);
        arithmetic.AddRows(null, rows, sum, count, UserJoin.OutputPadded);
    }

    private void Gather(RowRange rows, T* target)
    {
        var width = things.First.InputPadded;
        for (var i = 0; i < rows.Count; i++)
        {
            var item = batch.Items + (long)batch.Slots.Of[rows.First + i] * width;
            Arithmetic<T>.Copy(item, target + (long)i * width, width);
        }
    }

    private T* Profile(int user) => batch.Profiles + (long)user * person.First.InputPadded;
}

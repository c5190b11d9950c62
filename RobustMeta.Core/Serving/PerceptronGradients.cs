using RobustMeta.Bias;
using RobustMeta.Experiments;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>Norms of the gradients that an adapting perceptron's first inner step descends on, rating by rating.</summary>
/// <param name="form">The model.</param>
/// <param name="parameters">Its parameters.</param>
/// <param name="label">What is predicted.</param>
/// <param name="bias">What it predicts on top of, or null.</param>
internal sealed class PerceptronGradients(
    PerceptronForm form,
    ParameterSet parameters,
    LabelKind label,
    BiasModel? bias
)
{
    private readonly int layers = form.Hidden.Length + 1;

    /// <summary>Mean norm over the training ratings of each item; 0 for items without any.</summary>
    public double[] Mean(PreparedExperiment prepared)
    {
        var batch = prepared.Source.All(prepared.Split.MetaTrain);
        var scores = bias?.Scores(batch);
        var items = prepared.Dataset.Ratings.Items.Count;
        var (sums, counts) = (new double[items], new int[items]);
        for (var b = 0; b < batch.Count; b++)
        {
            for (var i = batch.SupportStarts[b]; i < batch.SupportStarts[b + 1]; i++)
            {
                Add(batch.Users[b], batch.SupportItems[i], batch.SupportLabels[i], scores?.Support[i] ?? 0);
            }
            for (var i = batch.QueryStarts[b]; i < batch.QueryStarts[b + 1]; i++)
            {
                Add(batch.Users[b], batch.QueryItems[i], batch.QueryLabels[i], scores?.Query[i] ?? 0);
            }
        }
        return [.. sums.Select((sum, item) => counts[item] == 0 ? 0 : sum / counts[item])];

        void Add(int user, int item, float target, double origin)
        {
            sums[item] += Norm(user, item, target, origin);
            counts[item]++;
        }
    }

    /// <summary>Norm of the gradient of one rating's loss by all that is adapted.</summary>
    public double Norm(int user, int item, double target, double origin)
    {
        var (inputs, slopes) = (new double[layers][], new double[layers][]);
        double[] x = [.. Inputs("item", form.Schema.ItemFields, item), .. Inputs("user", form.Schema.UserFields, user)];
        for (var l = 0; l < layers; l++)
        {
            inputs[l] = x;
            (x, slopes[l]) = Apply(l, x);
        }
        var score = origin + x[0];
        double[] delta = [label == LabelKind.Click ? Logistic.Sigmoid(score) - target : 2 * (score - target)];
        double square = 0;
        for (var l = layers - 1; l >= 0; l--)
        {
            // The gradient by a weight is input times delta, by a bias delta: the norm of an outer product is a product of norms.
            square += form.AdaptedLayers[l] ? Square(delta) * (1 + Square(inputs[l])) : 0;
            delta = l == 0 ? delta : Back(l, delta, slopes[l - 1]);
        }
        return Math.Sqrt(square + (form.AdaptsEmbeddings ? EmbeddingSquare(user, item, delta, inputs[0].Length) : 0));
    }

    // A token's row gets its fraction of the gradient by the field's inputs.
    private double EmbeddingSquare(int user, int item, double[] delta, int width)
    {
        var pulled = Back(0, delta, [.. Enumerable.Repeat(1.0, width)]).AsSpan();
        double square = 0;
        foreach (
            var (field, entity) in form
                .Schema.ItemFields.Select(f => (f, item))
                .Concat(form.Schema.UserFields.Select(f => (f, user)))
        )
        {
            if (field is not TokenField tokens)
            {
                pulled = pulled[1..];
                continue;
            }
            var bag = tokens.Bag(entity).ToArray();
            square +=
                bag.CountBy(token => token).Sum(t => Math.Pow((double)t.Value / bag.Length, 2))
                * Square(pulled[..form.Schema.EmbeddingDim].ToArray());
            pulled = pulled[form.Schema.EmbeddingDim..];
        }
        return square;
    }

    private IEnumerable<double> Inputs(
        string side,
        System.Collections.Immutable.ImmutableArray<InputField> fields,
        int entity
    ) =>
        fields.SelectMany(field =>
        {
            if (field is not TokenField tokens)
            {
                return [((NumericField)field).Values[entity]];
            }
            var sum = new double[form.Schema.EmbeddingDim];
            FactorTables.Add(parameters[$"{side}.{field.Name}"].Values, tokens.Bag(entity), sum);
            return sum;
        });

    private (double[] Outputs, double[] Slopes) Apply(int layer, double[] x)
    {
        double[] z = [.. parameters[$"head.{layer}.bias"].Values.Select(v => (double)v)];
        for (var i = 0; i < x.Length; i++)
        {
            FactorTables.Add(parameters[$"head.{layer}.weight"].Values, i, x[i], z);
        }
        if (layer == layers - 1)
        {
            return (z, z);
        }
        var both = Array.ConvertAll(z, x => ActivationValue.Of(form.Activation, x));
        return ([.. both.Select(pair => pair.Value)], [.. both.Select(pair => pair.Slope)]);
    }

    private double[] Back(int layer, double[] delta, double[] slopes)
    {
        var weight = parameters[$"head.{layer}.weight"].Values;
        var below = new double[slopes.Length];
        for (var i = 0; i < below.Length; i++)
        {
            for (var j = 0; j < delta.Length; j++)
            {
                below[i] += weight[i * delta.Length + j] * delta[j] * slopes[i];
            }
        }
        return below;
    }

    private static double Square(double[] x) => x.Sum(v => v * v);
}

using System.Collections.Immutable;
using RobustMeta.Models;

namespace RobustMeta.Serving;

/// <summary>
/// Adapts a perceptron to one user in double precision and keeps the weights that come out, which the engines never form. Plain
/// loops: for export, not for speed.
/// </summary>
internal sealed class PerceptronScorer
{
    private readonly PerceptronForm form;
    private readonly ScoredTask task;
    private readonly ParameterSet parameters;
    private readonly int count;
    private readonly double[][] weights;
    private readonly double[][] biases;
    private readonly double[] context;
    private readonly EmbeddingMoves? moves;
    private double[] user;

    /// <summary>A model that has not adapted yet.</summary>
    public PerceptronScorer(PerceptronForm form, ScoredTask task, ParameterSet parameters)
    {
        (this.form, this.task, this.parameters) = (form, task, parameters);
        count = form.Hidden.Length + 1;
        weights = [.. Enumerable.Range(0, count).Select(l => Doubles($"head.{l}.weight"))];
        biases = [.. Enumerable.Range(0, count).Select(l => Doubles($"head.{l}.bias"))];
        context = new double[form.ContextDim];
        user = task.UserInputs(parameters);
        moves = form.AdaptsEmbeddings ? new() : null;
    }

    /// <summary>The scorer after the inner steps.</summary>
    public AdaptedScorer Adapt()
    {
        for (var step = 0; step < form.Inner.InnerSteps && task.Rated.Length > 0; step++)
        {
            Step();
        }
        float[] items =
        [
            .. Enumerable
                .Range(0, task.Data.Items.Count)
                .SelectMany(i => task.ItemInputs(i, parameters, moves))
                .Select(x => (float)x),
        ];
        return new(items, task.ItemOffset, [.. Enumerable.Range(0, count).Select(LayerOf)], form.Activation);
    }

    // One step of gradient descent on the mean loss of the ratings.
    private void Step()
    {
        double[][] rated = [.. task.Rated.Select(item => task.ItemInputs(item, parameters, moves))];
        var pulled = new double[rated.Length][];
        double[][] weightSum = Array.ConvertAll(weights, w => new double[w.Length]);
        double[][] biasSum = Array.ConvertAll(biases, b => new double[b.Length]);
        var contextSum = new double[context.Length];
        for (var i = 0; i < rated.Length; i++)
        {
            var (inputs, slopes, score) = Forward([.. rated[i], .. user, .. context]);
            double[] delta = [task.Slope(task.SupportOffset[i] + score, task.Labels[i]) / rated.Length];
            for (var l = count - 1; l >= 0; l--)
            {
                AddGradient(inputs[l], delta, weightSum[l], biasSum[l]);
                var below = Back(l, delta, inputs[l].Length);
                delta = l == 0 ? below : [.. below.Zip(slopes[l - 1], (d, s) => d * s)];
            }
            for (var k = 0; k < context.Length; k++)
            {
                contextSum[k] += delta[^(context.Length - k)];
            }
            pulled[i] = delta;
        }
        for (var l = 0; l < count; l++)
        {
            if (form.AdaptedLayers[l])
            {
                Descend(weights[l], weightSum[l], $"head.{l}.weight");
                Descend(biases[l], biasSum[l], $"head.{l}.bias");
            }
        }
        Descend(context, contextSum, "context");
        MoveEmbeddings(pulled);
    }

    // By the gradients of the rated rows' inputs, all of which were computed before the step.
    private void MoveEmbeddings(double[][] pulled)
    {
        if (moves is null)
        {
            return;
        }
        for (var i = 0; i < pulled.Length; i++)
        {
            task.Move(task.Rated[i], Array.ConvertAll(pulled[i], g => -form.Inner.LocalLr * g), moves);
        }
        user = task.UserInputs(parameters, moves);
    }

    private void Descend(double[] values, double[] gradient, string name)
    {
        var rates = form.LearnsLocalRates && values.Length > 0 ? parameters[$"rate.{name}"].Values : null;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] -= (rates?[i] ?? form.Inner.LocalLr) * gradient[i];
        }
    }

    private (double[][] Inputs, double[][] Slopes, double Score) Forward(double[] x)
    {
        var (inputs, slopes) = (new double[count][], new double[count][]);
        for (var l = 0; l < count; l++)
        {
            inputs[l] = x;
            var z = (double[])biases[l].Clone();
            for (var i = 0; i < x.Length; i++)
            {
                for (var j = 0; j < z.Length; j++)
                {
                    z[j] += x[i] * weights[l][i * z.Length + j];
                }
            }
            var both = Array.ConvertAll(z, v => ActivationValue.Of(form.Activation, v));
            slopes[l] = [.. both.Select(pair => pair.Slope)];
            x = l == count - 1 ? z : [.. both.Select(pair => pair.Value)];
        }
        return (inputs, slopes, x[0]);
    }

    private static void AddGradient(double[] inputs, double[] delta, double[] weight, double[] bias)
    {
        for (var j = 0; j < delta.Length; j++)
        {
            bias[j] += delta[j];
            for (var i = 0; i < inputs.Length; i++)
            {
                weight[i * delta.Length + j] += inputs[i] * delta[j];
            }
        }
    }

    private double[] Back(int layer, double[] delta, int inputs)
    {
        var below = new double[inputs];
        for (var i = 0; i < inputs; i++)
        {
            for (var j = 0; j < delta.Length; j++)
            {
                below[i] += weights[layer][i * delta.Length + j] * delta[j];
            }
        }
        return below;
    }

    // User and context are the same for every item: their part of the first layer is a bias.
    private ScorerLayer LayerOf(int layer)
    {
        var bias = (double[])biases[layer].Clone();
        var weight = weights[layer];
        if (layer == 0)
        {
            double[] fixedInputs = [.. user, .. context];
            var rows = weight.Length / bias.Length - fixedInputs.Length;
            for (var i = 0; i < fixedInputs.Length; i++)
            {
                for (var j = 0; j < bias.Length; j++)
                {
                    bias[j] += fixedInputs[i] * weight[(rows + i) * bias.Length + j];
                }
            }
            weight = weight[..(rows * bias.Length)];
        }
        return new(Singles(weight), Singles(bias), layer < count - 1);
    }

    private double[] Doubles(string name) => [.. parameters[name].Values.Select(x => (double)x)];

    private static float[] Singles(double[] values) => Array.ConvertAll(values, x => (float)x);
}

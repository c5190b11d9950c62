using MathNet.Numerics.LinearAlgebra;
using RobustMeta.Models;
using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>Solves the ridge head of one user in double precision: the user's vector is the last layer.</summary>
/// <param name="form">The model.</param>
/// <param name="task">The user.</param>
/// <param name="parameters">Its parameters.</param>
internal sealed class RidgeScorer(RidgeForm form, ScoredTask task, ParameterSet parameters)
{
    /// <summary>The scorer after the Newton steps.</summary>
    public AdaptedScorer Adapt()
    {
        double[][] inputs =
        [
            .. Enumerable.Range(0, task.Data.Items.Count).Select(item => task.ItemInputs(item, parameters)),
        ];
        var vector =
            Prior() + Move([.. task.Rated.Select(item => Network("feature", form.Features.Length, inputs[item]))]);
        var gain = Math.Exp(parameters[RidgeForm.LogGain].Values[0]);
        ScorerLayer last = new([.. vector.Select(x => (float)(gain * x))], [0], false);
        return new(
            [.. inputs.SelectMany(x => x).Select(x => (float)x)],
            task.ItemOffset,
            [.. Enumerable.Range(0, form.Features.Length).Select(FeatureLayer), last],
            form.Activation
        );
    }

    private ScorerLayer FeatureLayer(int layer) =>
        new(
            parameters[$"feature.{layer}.weight"].Values.ToArray(),
            parameters[$"feature.{layer}.bias"].Values.ToArray(),
            layer < form.Features.Length - 1
        );

    private Vector<double> Prior()
    {
        if (!form.HasPrior)
        {
            return Vector<double>.Build.Dense(form.Width);
        }
        var user = task.UserInputs(parameters);
        // Without any field, all users look the same.
        return Network("prior", form.Prior.Length, user.Length == 0 ? [1] : user);
    }

    // The move from the prior: see MetaRidge.
    private Vector<double> Move(Vector<double>[] rated)
    {
        var move = Vector<double>.Build.Dense(form.Width);
        if (rated.Length == 0)
        {
            return move;
        }
        var isClick = task.Data.Label == LabelKind.Click;
        var q = Matrix<double>.Build.DenseOfRowVectors(rated);
        var penalty = Matrix<double>.Build.DenseDiagonal(
            form.Width,
            Math.Exp(parameters[RidgeForm.LogLambda].Values[0])
        );
        var origin = q * Prior() + Vector<double>.Build.Dense(rated.Length, i => task.SupportOffset[i]);
        for (var step = 0; step < (isClick ? form.NewtonSteps : 1); step++)
        {
            var along = q * move;
            var scores = origin + along;
            var curvature = isClick
                ? scores.Map(s => Logistic.Sigmoid(s) * (1 - Logistic.Sigmoid(s)))
                : Vector<double>.Build.Dense(rated.Length, 1);
            var pull = Vector<double>.Build.Dense(
                rated.Length,
                i => task.Labels[i] - (isClick ? Logistic.Sigmoid(scores[i]) : scores[i])
            );
            var weighted = q.MapIndexed((i, _, value) => value * curvature[i]);
            var system = q.TransposeThisAndMultiply(weighted) + penalty;
            move = system.Solve(q.TransposeThisAndMultiply(pull + curvature.PointwiseMultiply(along)));
        }
        return move;
    }

    private Vector<double> Network(string name, int layers, double[] inputs)
    {
        var x = Vector<double>.Build.DenseOfArray(inputs);
        for (var l = 0; l < layers; l++)
        {
            var bias = parameters[$"{name}.{l}.bias"].Values;
            var weight = parameters[$"{name}.{l}.weight"].Values;
            var z = Vector<double>.Build.Dense(bias.Length, j => bias[j]);
            for (var i = 0; i < x.Count; i++)
            {
                for (var j = 0; j < z.Count; j++)
                {
                    z[j] += x[i] * weight[i * z.Count + j];
                }
            }
            x = l < layers - 1 ? z.Map(v => ActivationValue.Of(form.Activation, v).Value) : z;
        }
        return x;
    }
}

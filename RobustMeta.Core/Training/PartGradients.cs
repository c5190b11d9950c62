using System.Numerics.Tensors;
using RobustMeta.Engine;
using RobustMeta.Models;
using RobustMeta.Robustness;
using RobustMeta.Tasks;

namespace RobustMeta.Training;

/// <summary>Meta-gradients of the mean losses of parts of a batch, which are computed one part after the other.</summary>
internal static class PartGradients
{
    /// <summary>Their inner products, <c>[parts, parts]</c>.</summary>
    /// <param name="engine">
    /// Computes them. Its parameters and the model's state stay as they are. What the model adds to the losses of users does not count;
    /// what it adds to a batch as a whole (TaNP's clustering) is in the gradient of each part.
    /// </param>
    /// <param name="batch">The batch.</param>
    /// <param name="parts">Places of the tasks of each part.</param>
    /// <param name="reweighter">Gives the weights of supports.</param>
    /// <param name="phase">What is learned.</param>
    public static double[,] Products(
        IMetaGradientEngine engine,
        TaskBatch batch,
        IReadOnlyList<int[]> parts,
        Reweighter reweighter,
        TrainingPhase phase
    )
    {
        var state = engine.Parameters.All.Where(parameter => parameter.IsState).ToList();
        var before = state.ConvertAll(parameter => parameter.Values.ToArray());
        var gradients = new List<float[][]>();
        foreach (var places in parts)
        {
            var part = batch.Part(places);
            engine.Forward(part, reweighter.SupportWeights(part), phase);
            engine.Backward(Mean(part), new float[part.Count]);
            gradients.Add([.. engine.Parameters.All.Where(phase.Learns).Select(p => p.Gradient.ToArray())]);
            for (var i = 0; i < state.Count; i++)
            {
                before[i].CopyTo(state[i].Values.AsSpan());
            }
        }
        var products = new double[parts.Count, parts.Count];
        for (var i = 0; i < parts.Count; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                products[i, j] = products[j, i] = Product(gradients[i], gradients[j]);
            }
        }
        return products;
    }

    private static double Product(float[][] first, float[][] second)
    {
        double sum = 0;
        for (var p = 0; p < first.Length; p++)
        {
            sum += TensorPrimitives.Dot<float>(first[p], second[p]);
        }
        return sum;
    }

    // The weights of plain training: mean over users of the mean over each user's query.
    private static float[] Mean(TaskBatch part)
    {
        var weights = new float[part.QueryItems.Length];
        for (var b = 0; b < part.Count; b++)
        {
            weights.AsSpan(part.QueryRange(b)).Fill((float)(1.0 / ((double)part.Count * part.QueryLength(b))));
        }
        return weights;
    }
}

using RobustMeta.Models.Factors;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// Inputs from which items a support has, whatever their ratings: the sum of the items' vectors over √|S| and log |S|, as
/// exposure-informed priors of <see cref="MetaPmf"/> take them, standardised over supports that are drawn from what the training
/// users rated. The vectors are the leading right singular vectors of who rated what among the training users; they are state,
/// computed once by <see cref="Start"/>. Of a test user nothing but the given support is looked at.
/// </summary>
/// <param name="input">Extents.</param>
/// <param name="hasDrawnNegatives">Whether items of label 0 were drawn, so that they are no exposure.</param>
internal sealed class ExposureEncoder(ExposureInput input, bool hasDrawnNegatives)
{
    /// <summary>The parameters, all of them state.</summary>
    public IEnumerable<ParameterShape> Shapes =>
        [
            State(ExposureInput.Vectors, 0, input.Items, input.Rank),
            State(ExposureInput.Means, 0, input.Width),
            State(ExposureInput.Scales, 1, input.Width),
        ];

    /// <summary>Computes the parameters from the training tasks.</summary>
    /// <param name="parameters">Written in place.</param>
    /// <param name="train">All meta-training tasks.</param>
    /// <param name="seed">Seed of the drawn supports.</param>
    /// <param name="threads">Number of threads, 0 for one a processor; the values do not depend on it.</param>
    public void Start(ParameterSet parameters, TaskBatch train, long seed, int threads)
    {
        var all = FactorCells.Of(train, input.Items);
        var cells = hasDrawnNegatives ? all.Positives() : all;
        var workers = new ParallelOptions
        {
            MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads,
        };
        // Fewer items or users than the rank leave columns that stay zero.
        var found = ExposureEmbedding.Rank(cells, input.Rank);
        var vectors = ExposureEmbedding.ForUsers(cells, found, seed, workers);
        var (mean, deviation) = ExposureDraws.Standardise(
            ExposureDraws.Of(cells, vectors, task => ExposedBy(train, task), seed)
        );
        var values = parameters[ExposureInput.Vectors].Values;
        for (var item = 0; item < input.Items; item++)
        {
            for (var k = 0; k < found; k++)
            {
                values[item * input.Rank + k] = (float)vectors[item, k];
            }
        }
        for (var k = 0; k <= found; k++)
        {
            var place = k == found ? input.Rank : k;
            parameters[ExposureInput.Means].Values[place] = (float)mean[k];
            parameters[ExposureInput.Scales].Values[place] = (float)(1 / deviation[k]);
        }
    }

    /// <summary>The inputs of a batch's users, <c>[B, R + 1]</c>.</summary>
    public Tensor Encode(IReadOnlyDictionary<string, Tensor> theta, TaskTensors batch)
    {
        long[] items = [.. batch.Items.Select(item => (long)item)];
        var vectors = theta[ExposureInput.Vectors].index_select(0, Aligned.Of(items));
        var weights = batch.SupportWeights * batch.Support.Mask;
        var features = ExposureSum.Of(vectors, batch.Support, weights, hasDrawnNegatives, HeldNumbers.One);
        return (features - theta[ExposureInput.Means]) * theta[ExposureInput.Scales];
    }

    private int ExposedBy(TaskBatch train, int task)
    {
        var labels = train.SupportLabels.AsSpan(train.SupportRange(task));
        return hasDrawnNegatives ? labels.Length - labels.Count(0f) : labels.Length;
    }

    private static ParameterShape State(string name, double value, params int[] shape) =>
        ParameterShape.Constant(name, value, shape) with
        {
            IsState = true,
        };
}

using RobustMeta.Models;
using RobustMeta.Models.Factors;

namespace RobustMeta.Serving;

/// <summary>What the choice of the rated items says, as <see cref="Models.Layers.ExposureEncoder"/> computes it, in plain numbers.</summary>
internal static class SupportExposure
{
    /// <summary>The inputs, <c>[rank + 1]</c>.</summary>
    /// <param name="parameters">Parameters of the model.</param>
    /// <param name="exposed">Dense indices of the rated items.</param>
    /// <param name="rank">Length of the items' vectors.</param>
    public static double[] Of(ParameterSet parameters, IEnumerable<int> exposed, int rank)
    {
        var vectors = parameters[ExposureInput.Vectors].Values;
        var inputs = new double[rank + 1];
        var count = 0;
        foreach (var item in exposed)
        {
            count++;
            for (var k = 0; k < rank; k++)
            {
                inputs[k] += vectors[item * rank + k];
            }
        }
        var size = Math.Max(1, count);
        for (var k = 0; k < rank; k++)
        {
            inputs[k] /= Math.Sqrt(size);
        }
        inputs[rank] = Math.Log(size / ExposureDraws.UsualSupport);
        var (means, scales) = (parameters[ExposureInput.Means].Values, parameters[ExposureInput.Scales].Values);
        return [.. inputs.Select((x, k) => (x - means[k]) * scales[k])];
    }
}

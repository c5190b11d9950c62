using RobustMeta.Evaluation;
using RobustMeta.Experiments;
using RobustMeta.Models;
using RobustMeta.Models.Baselines;
using RobustMeta.Robustness.Sets;
using RobustMeta.Training;

namespace RobustMeta.Examples;

/// <summary>The first experiment in C#: plain and robust MeLU and EASE on shifted test sets.</summary>
public static class FirstExperiment
{
    /// <summary>Fits and measures the methods, or reads what is finished.</summary>
    /// <param name="results">Folder of all runs.</param>
    /// <param name="epochs">Epochs of each training.</param>
    public static Comparison Run(string results, int epochs)
    {
        var training = new TrainerSpec
        {
            Epoch = epochs,
            Optimizer = OptimizerKind.Adam,
            Lr = 0.005,
        };
        var melu = new MetaMethodSpec(new MeLUSpec { HiddenDim1 = 64 }) { Training = training };
        return new Experiment("synthetic", melu.Plain(), melu.Robust(new ChiSquareBallSet(0.25)), new EaseSpec())
            .Measured(new Ndcg().At(10), new Recall().At(10))
            .Run(results);
    }
}

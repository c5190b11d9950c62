using System.Diagnostics;
using RobustMeta.Engine.Fused.Classes;
using RobustMeta.Engine.Fused.Factors;
using RobustMeta.Engine.Fused.Joined;
using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Perceptron;
using RobustMeta.Engine.Fused.Processes;
using RobustMeta.Engine.Fused.Ridge;
using RobustMeta.Engine.Fused.UserVectors;
using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;

namespace RobustMeta.Engine.Fused;

/// <summary>Which core computes which form of models.</summary>
internal static class FusedCores
{
    /// <summary>The core of a model of one of the forms, in a phase of its training.</summary>
    /// <param name="model">The model.</param>
    /// <param name="phase">One of its phases.</param>
    /// <param name="arrays">Its parameters.</param>
    /// <param name="threads">Number of workers.</param>
    /// <param name="arithmetic">Width of vectors.</param>
    public static IFusedCore<T> Create<T>(
        MetaRecommender model,
        TrainingPhase phase,
        ParameterArrays<T> arrays,
        int threads,
        Arithmetic<T> arithmetic
    )
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        model switch
        {
            IHasForm<RidgeForm> m => new FusedRidge<T>(m.Form, model.Label, arrays, threads, arithmetic),
            IHasForm<PerceptronForm> m => new FusedPerceptron<T>(m.Form, model.Label, arrays, threads, arithmetic),
            IHasForm<ClassForm> m => new FusedClasses<T>(m.Form, model.Label, arrays, threads, arithmetic),
            IHasForm<ProcessForm> m => new FusedProcess<T>(m.Form, model.Label, arrays, threads, arithmetic),
            IHasForm<MamoForm> m => new FusedMamo<T>(m.Form, model.Label, arrays, threads, arithmetic),
            IHasForm<FactorForm> m => new FusedFactors<T>(m.Form, phase, model.Label, arrays, threads, arithmetic),
            IHasForm<SafeForm> m => new FusedSafe<T>(m.Form, phase, model.Label, arrays, threads, arithmetic),
            IHasForm<UserVectorForm> m when phase.Name == model.Phases[0].Name => new FusedPretraining<T>(
                m.Form,
                phase,
                model.Label,
                arrays,
                threads,
                arithmetic
            ),
            IHasForm<UserVectorForm> { Form: { LocalLr: not null } form } => new FusedMetaEmb<T>(
                form,
                phase,
                model.Label,
                arrays,
                threads,
                arithmetic
            ),
            IHasForm<UserVectorForm> m => new FusedMwuf<T>(m.Form, phase, model.Label, arrays, threads, arithmetic),
            _ => throw new UnreachableException(),
        };
}

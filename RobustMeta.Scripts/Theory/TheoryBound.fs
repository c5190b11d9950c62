/// No shift within the ambiguity sets gives a larger loss than the certified worst case: shifts are sampled, violations counted.
module RobustMeta.Scripts.TheoryBound

open System
open RobustMeta.Engine
open RobustMeta.Experiments
open RobustMeta.Robustness
open RobustMeta.Robustness.References
open RobustMeta.Runtime
open RobustMeta.Tasks

/// Counts for one pair of sets, the same at both levels.
type Count =
    {
        Set: string
        Mean: float
        /// The certified worst-case loss of the training users.
        Certified: float
        /// The largest loss that a sampled shift reached on the training users.
        Largest: float
        /// Sampled shifts of the training users above the certificate: the theorem says none.
        Violations: int
        /// Sampled shifts of new users above it: not excluded, a matter of generalisation.
        NewUsersAbove: int
        Samples: int
    }

/// Query losses of each user of some tasks.
let private lossesOf
    (source: TaskSource)
    (predictor: IPredictor)
    (tasks: Collections.Immutable.ImmutableArray<UserTask>)
    =
    let batch = source.Batch(tasks, ReadOnlySpan [| 0 .. tasks.Length - 1 |])
    let losses = PointLoss.Of(source.Label, ReadOnlySpan(predictor.Predict batch), batch.QueryLabels.AsSpan())
    [| for b in 0 .. batch.Count - 1 -> losses[batch.QueryStarts[b] .. batch.QueryStarts[b + 1] - 1] |]

/// A member of a set: a point around uniform, between a random direction and that of the losses, projected. Far points
/// land on the boundary.
let private sample (random: Random) (set: AmbiguitySet) (losses: float[]) =
    let uniform = set.UniformWeight losses.Length
    let mean = Array.average losses
    let spread = losses |> Array.averageBy (fun l -> abs (l - mean)) |> max 1e-12
    let lean, size = random.NextDouble(), exp (6.0 * random.NextDouble() - 2.0)

    let direction l = lean * (l - mean) / spread + (1.0 - lean) * (2.0 * random.NextDouble() - 1.0)

    let weights = losses |> Array.map (fun l -> uniform * (1.0 + size * direction l))
    set.Project(Span weights)
    weights

let private dot a b = Array.fold2 (fun sum x y -> sum + x * y) 0.0 a b

/// The certified worst case: interactions inside, users outside.
let certified (set: AmbiguitySet) (losses: float[][]) =
    set.Value(ReadOnlySpan(losses |> Array.map (fun l -> set.Value(ReadOnlySpan l))))

/// The loss of a random shift at both levels.
let shifted (random: Random) (set: AmbiguitySet) (losses: float[][]) =
    let ofUsers = losses |> Array.map (fun l -> dot (sample random set l) l)
    dot (sample random set ofUsers) ofUsers

let private count samples (train: float[][]) (test: float[][]) (name: string) : Count =
    let set = AmbiguitySet.Parse name
    let random = Seeds.Generator(0L, "theory shifts", name)
    let bound = certified set train
    let onTrain = [| for _ in 1..samples -> shifted random set train |]
    let onTest = [| for _ in 1..samples -> shifted random set test |]

    {
        Set = name
        Mean = train |> Array.averageBy Array.average
        Certified = bound
        Largest = Array.max onTrain
        Violations = onTrain |> Array.filter (fun l -> l > bound + 1e-9) |> Array.length
        NewUsersAbove = onTest |> Array.filter (fun l -> l > bound + 1e-9) |> Array.length
        Samples = samples
    }

/// Sets whose certificates are tried.
let sets = [ "chi2 0.1"; "chi2 0.5"; "kl 0.1"; "cvar 0.5"; "l2 0.1"; "simplex"; "unit-ball" ]

/// Trains a MeLU on some users of the synthetic world, and counts.
let counts (samples: int) (users: int) (epochs: int) : Count list =
    let spec =
        Experiment.spec
            "MeLU"
            [
                "preset", "plain"
                "userNum", string users
                "epoch", string epochs
                "optimizer", "adam"
                "lr", "0.005"
                "testFraction", "0.4"
            ]

    let prepared = PreparedExperiment.Of(spec, Experiment.load spec)
    let result = ExperimentRunner.Run(prepared, spec)

    let model =
        spec.Meta.Model.Create(
            prepared.SchemaOf(spec.Meta.Features),
            spec.Meta.Features.EmbeddingScale,
            spec.Split.Label
        )

    use engine = spec.Meta.Engine.Create(model, result.Parameters)
    let predictor = EnginePredictor("MeLU", engine)
    let train = lossesOf prepared.Source predictor prepared.Split.MetaTrain
    let test = lossesOf prepared.Source predictor prepared.Split.Test
    sets |> List.map (count samples train test)

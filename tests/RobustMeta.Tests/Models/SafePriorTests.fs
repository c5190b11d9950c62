/// Exposure-informed users' priors that are weighed by the user's own ratings: against a dense oracle, and where exposure misleads.
module RobustMeta.Tests.Models.SafePriorTests

open System.Collections.Immutable
open Expecto
open MathNet.Numerics.LinearAlgebra
open RobustMeta.Engine
open RobustMeta.Models
open RobustMeta.Models.Factors
open RobustMeta.Runtime
open RobustMeta.Settings
open RobustMeta.Tasks
open RobustMeta.Tests.ModelCase
open RobustMeta.Tests.Models.DenseFactors
open RobustMeta.Tests.Models.ExposurePriorTests
open RobustMeta.Tests.TinyWorld

let private specOf user = MetaPmfSpec(Factors = 2, TasteVariance = 0.6, UserPrior = user, ExposureRank = 8)

let private factors, private rank = 2, 3
let private order = factors + 1

/// A safe model with a prior of its own for other exposure, and odds.
let private case odds =
    let case =
        caseOf
            17L
            (MetaPmfSpec(Factors = factors, UserPrior = PriorKind.Safe, ExposureRank = rank)
                .Create(identity, 0.5, LabelKind.Rating))

    let random = Seeds.Generator(9L, "other prior")

    for i in 0 .. order - 1 do
        case.Values["exposure.marginal"][i] <- 0.4 * random.NextGaussian()

        for j in 0..i do
            let value = (if i = j then 1.5 else 0.0) + 0.2 * random.NextDouble()
            case.Values["exposure.marginalPrecision"][i * order + j] <- value
            case.Values["exposure.marginalPrecision"][j * order + i] <- value

    case.Values["exposure.odds"][0] <- odds
    case

/// The mixture of one user, dense: two posteriors, and the evidence of each half of the support given the other.
let private byHand case (support: (int * float32) list) asked =
    let dense = DenseFactors(case, factors, rank)
    let chosen = List.map fst support
    let informed, full = dense.Informed chosen, dense.Precision
    let other = dense.Ground chosen + vector case.Values["exposure.marginal"]

    let otherFull =
        Matrix<float>.Build.Dense(order, order, fun i j -> case.Values["exposure.marginalPrecision"][i * order + j])

    let even, odd =
        support
        |> List.sortBy fst
        |> List.indexed
        |> List.partition (fun (j, _) -> j % 2 = 0)
        |> fun (a, b) -> List.map snd a, List.map snd b

    let evidence given asked =
        let errors prior precision =
            [
                for item, y in asked ->
                    (float (y: float32) - dense.Score (dense.Posterior prior precision given) item) ** 2.0
            ]

        (List.sum (errors other otherFull) - List.sum (errors informed full)) / (2.0 * dense.Noise)

    let weight = 1.0 / (1.0 + exp -(case.Values["exposure.odds"][0] + evidence even odd + evidence odd even))
    let first, second = dense.Posterior informed full support, dense.Posterior other otherFull support
    [| for item in asked -> weight * dense.Score first item + (1.0 - weight) * dense.Score second item |]

let private tasksOf asked = [ for user in world 7L 3 true -> { user with Query = [ for item in asked -> item, 0f ] } ]

let private mixesByHand () =
    for odds in [ -0.7; 0.4 ] do
        let case = case odds
        let asked = [ 0 .. items - 1 ]
        let tasks = tasksOf asked
        let actual = scores case (batch tasks)
        tasks |> List.iteri (fun u task -> near $"user {u}" 1e-9 (byHand case task.Support asked) actual[u])

let private fullTrustIsInformed () =
    let trusting = case 60.0

    let informed =
        { trusting with
            Model =
                MetaPmfSpec(Factors = factors, UserPrior = PriorKind.Exposure, ExposureRank = rank)
                    .Create(identity, 0.5, LabelKind.Rating)
        }

    let tasks = batch (tasksOf [ 0..20 ])

    Array.iteri2
        (fun u expected actual -> near $"user {u}" 1e-12 expected actual)
        (scores informed tasks)
        (scores trusting tasks)

let private isAlone () =
    let case = case 0.3
    let tasks = tasksOf [ 0..20 ]
    let together = scores case (batch tasks)

    tasks
    |> List.iteri (fun u task ->
        let other = { task with Query = [ for item, _ in task.Query -> item, 5f ] }
        let alone = scores case (batch [ other ])
        near "other users and query labels have no say" 1e-12 alone[0] together[u])

let private ignoresOrder () =
    let case = case 0.3
    let tasks = tasksOf [ 0..20 ]
    let turned = [ for task in tasks -> { task with Support = List.tail task.Support @ [ List.head task.Support ] } ]

    Array.iter2
        (fun expected actual -> near "another order of the same ratings" 1e-12 expected actual)
        (scores case (batch tasks))
        (scores case (batch turned))

/// Users who rate what they do not like, truly: item and label both change sides. What exposure says of them is wrong.
let private misled seed count =
    let flip item = if item < items / 2 then item + items / 2 else item - items / 2

    answers seed count true
    |> List.map (fun user ->
        { user with
            Support = user.Support |> List.map (fun (item, y) -> flip item, 6f - y)
            Query = user.Query |> List.map (fun (item, y) -> flip item, 6f - y)
        })

let private isSafe () =
    let train = world 1L 400 true
    let error kind test = error (specOf kind) train test
    let asTrained, another = answers 2L 200 true, misled 3L 200
    let informed, plain = error PriorKind.Exposure asTrained, error PriorKind.Plain asTrained
    let safe = error PriorKind.Safe asTrained
    let regret = (safe - informed) / (plain - informed)
    Expect.isLessThan regret 0.5 $"as in training: {safe} of informed {informed}, plain {plain}"
    let informed, safe = error PriorKind.Exposure another, error PriorKind.Safe another
    Expect.isLessThan safe informed $"misleading exposure: {safe} instead of {informed}"

let private refuses () =
    Expect.throwsC
        (fun () -> MetaPmfSpec(ItemPrior = PriorKind.Safe).Create(identity, 0.1, LabelKind.Rating) |> ignore)
        (fun error -> Expect.stringContains error.Message "itemPrior is safe" "items")

[<Tests>]
let tests =
    testList
        "safe exposure priors"
        [
            testCase "the mixture of two exposures is the dense one, weighed by halves of the support" mixesByHand
            testCase "safe scores do not depend on the order of the support" ignoresOrder
            testCase "with full trust it is the informed prior" fullTrustIsInformed
            testCase "a user's scores do not depend on other users or on query labels" isAlone
            testCase
                "it keeps most of the gain where exposure is as in training, and loses less where it misleads"
                isSafe
            testCase "items have no safe prior" refuses
        ]

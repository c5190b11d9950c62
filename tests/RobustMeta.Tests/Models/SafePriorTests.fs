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

/// A safe model whose informed half says something of exposure, and odds.
let private case odds =
    let case =
        caseOf
            17L
            (MetaPmfSpec(Factors = factors, UserPrior = PriorKind.Safe, ExposureRank = rank)
                .Create(identity, 0.5, LabelKind.Rating))

    let random = Seeds.Generator(9L, "exposure of a case")

    for name in [ "exposure.id"; "exposure.map"; "exposure.constant" ] do
        case.Values[name] |> Array.iteri (fun i _ -> case.Values[name][i] <- 0.4 * random.NextGaussian())

    for i in 0 .. order - 1 do
        for j in 0 .. i - 1 do
            let value = 0.3 * (random.NextDouble() - 0.5)
            case.Values["exposure.correlation"][i * order + j] <- value
            case.Values["exposure.correlation"][j * order + i] <- value

    case.Values["exposure.odds"][0] <- odds
    case

/// One half as a model of its own: the informed one, or the plain one.
let private half isPlain (case: Case) =
    let name (key: string) = if key.StartsWith "plain." then key.Substring 6 else key
    let kind = if isPlain then PriorKind.Plain else PriorKind.Exposure

    {
        Model =
            MetaPmfSpec(Factors = factors, UserPrior = kind, ExposureRank = rank)
                .Create(identity, 0.5, LabelKind.Rating)
        Values =
            case.Values
            |> Map.toSeq
            |> Seq.filter (fun (key, _) -> key.StartsWith "plain." = isPlain)
            |> Seq.map (fun (key, values) -> name key, values)
            |> Map.ofSeq
    }

/// The mixture of one user, dense: two posteriors, and the evidence of each half of the support given the other.
let private byHand case (support: (int * float32) list) asked =
    let informed, plain = DenseFactors(half false case, factors, rank), half true case

    let plain =
        let values = Map.add "exposure.correlation" (Array.zeroCreate (order * order)) plain.Values
        DenseFactors({ plain with Values = values }, factors, rank)

    let chosen = List.map fst support
    let first given = informed.Posterior (informed.Informed chosen) informed.Precision given
    let second given = plain.Posterior (plain.Ground chosen) plain.Precision given

    let even, odd =
        support
        |> List.sortBy fst
        |> List.indexed
        |> List.partition (fun (j, _) -> j % 2 = 0)
        |> fun (a, b) -> List.map snd a, List.map snd b

    let density (dense: DenseFactors) h =
        List.sumBy (fun (item, y: float32) ->
            -((float y - dense.Score h item) ** 2.0 / dense.Noise + log (2.0 * System.Math.PI * dense.Noise)) / 2.0)

    let evidence given asked = density informed (first given) asked - density plain (second given) asked
    let weight = 1.0 / (1.0 + exp -(case.Values["exposure.odds"][0] + evidence even odd + evidence odd even))
    let first, second = first support, second support
    [| for item in asked -> weight * informed.Score first item + (1.0 - weight) * plain.Score second item |]

let private tasksOf asked = [ for user in world 7L 3 true -> { user with Query = [ for item in asked -> item, 0f ] } ]

let private mixesByHand () =
    for odds in [ -0.7; 0.4 ] do
        let case = case odds
        let asked = [ 0 .. items - 1 ]
        let tasks = tasksOf asked
        let actual = scores case (batch tasks)
        tasks |> List.iteri (fun u task -> near $"user {u}" 1e-9 (byHand case task.Support asked) actual[u])

let private trusts isPlain odds () =
    let case = case odds
    let tasks = batch (tasksOf [ 0..20 ])

    Array.iteri2
        (fun u expected actual -> near $"user {u}" 1e-12 expected actual)
        (scores (half isPlain case) tasks)
        (scores case tasks)

let private descendsAsAlone () =
    let case = case 0.3
    let tasks = world 7L 4 true
    let rows = [ for task in tasks -> [ for item, _ in task.Query -> 0.01 * float (1 + item % 5) ] ]
    let weights: Weights = { Support = None; Query = rows; User = [ for _ in tasks -> 0.25 ] }
    let both = objective case case.Model.Phases[0] weights (batch tasks)

    for isPlain in [ false; true ] do
        let alone = half isPlain case
        let own = objective alone alone.Model.Phases[0] weights (batch tasks)

        let mine =
            both.Gradients
            |> Map.toSeq
            |> Seq.filter (fun (key, _) -> key.StartsWith "plain." = isPlain)
            |> Seq.map (fun (key, values) -> (if isPlain then key.Substring 6 else key), values)
            |> Map.ofSeq

        Expect.isGreaterThan own.Gradients.Count 4 "learned"
        nearGradients $"plain {isPlain}" 1e-12 own.Gradients mine

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

/// Where exposure adds nothing to the prior both models are one, and the odds do not matter.
let private isPlainWithoutInformation () =
    for odds in [ -0.7; 0.4; 60.0 ] do
        let case = case odds

        let values =
            case.Values
            |> Map.map (fun key values ->
                match Map.tryFind ("plain." + key) case.Values with
                | Some same -> same
                | None when key.StartsWith "plain." || key = "exposure.odds" -> values
                | None -> Array.zeroCreate values.Length)

        let tasks = batch (tasksOf [ 0..20 ])

        Array.iteri2
            (fun u expected actual -> near $"user {u}" 1e-12 expected actual)
            (scores (half true case) tasks)
            (scores { case with Values = values } tasks)

/// Where held-out users do not gain beyond chance exposure is not looked at: no informed half of the scores is left.
let private isPlainWithoutGain () =
    let train, test = world 1L 30 false, answers 2L 60 false
    let _, plain = fit (specOf PriorKind.Plain) train 1
    let model, safe = fit (specOf PriorKind.Safe) train 1

    for parameter in plain.All do
        Expect.equal safe["plain." + parameter.Name].Values parameter.Values parameter.Name

    Expect.equal (safe["exposure.odds"].Values.ToArray()) [| float32 SafeMixture.Never |] "no trust"
    let plainModel = (specOf PriorKind.Plain).Create(identity, 0.1, LabelKind.Rating)
    use first = new AutogradEngine(plainModel, plain, 1)
    use second = new AutogradEngine(model, safe, 1)
    Expect.equal (second.Predict(batch test)) (first.Predict(batch test)) "the same bits"

let private dividesUsers () =
    let users (tasks: TaskBatch) = Set tasks.Users
    let tasks count = batch [ for user in 0 .. count - 1 -> { User = user; Support = [ 0, 1f ]; Query = [ 1, 1f ] } ]
    let divided count = [ for struct (part, held) in HeldOut.Divide(tasks count) -> users part, users held ]

    for count in [ 2; 7; 203; 2999; 3000; 7000 ] do
        let all = Set [ 0 .. count - 1 ]

        for part, held in divided count do
            Expect.equal (part + held) all "everybody"
            Expect.isEmpty (Set.intersect part held) "held out"

        let tried = List.map snd (divided count)
        Expect.equal (Set.unionMany tried).Count (List.sumBy Set.count tried) "each at most once"

    Expect.equal [ for _, held in divided 7 -> held.Count ] [ 1; 1; 1; 2; 2 ] "few: everybody is tried"
    Expect.equal (divided 3000).Length 1 "a fifth is enough"
    Expect.equal (divided 2999).Length 2 "a fifth is not quite enough"
    Expect.isEmpty (divided 1) "nobody to fit to"

let private refuses () =
    Expect.throwsC
        (fun () -> MetaPmfSpec(ItemPrior = PriorKind.Safe).Create(identity, 0.1, LabelKind.Rating) |> ignore)
        (fun error -> Expect.stringContains error.Message "itemPrior is safe" "items")

    let itemPrior = SettingList.Of(MetaPmfSpec()) |> Seq.find (fun setting -> setting.Key = "itemPrior")

    Expect.sequenceEqual itemPrior.Choices [ "plain"; "exposure"; "auto" ] "no search tries it"
    Expect.equal itemPrior.Range "plain | exposure | auto" "help does not offer it"

[<Tests>]
let tests =
    testList
        "safe exposure priors"
        [
            testCase "the mixture of two exposures is the dense one, weighed by halves of the support" mixesByHand
            testCase "safe scores do not depend on the order of the support" ignoresOrder
            testCase "with full trust it is the informed model" (trusts false 60.0)
            testCase "without trust it is the plain model" (trusts true SafeMixture.Never)
            testCase "each of the two models descends as it would alone" descendsAsAlone
            testCase
                "where exposure adds nothing to the prior the scores are the plain model's"
                isPlainWithoutInformation
            testCase
                "where held-out users gain nothing the scores are the plain model's, bit for bit"
                isPlainWithoutGain
            testCase "held-out users are many enough, and none is tried twice" dividesUsers
            testCase "a user's scores do not depend on other users or on query labels" isAlone
            testCase
                "it keeps most of the gain where exposure is as in training, and loses less where it misleads"
                isSafe
            testCase "items have no safe prior" refuses
        ]

/// Controls of priors informed by exposure: what is exchanged, and that nothing is gained.
module RobustMeta.Tests.Models.ShuffledExposureTests

open System
open Expecto
open RobustMeta.Models
open RobustMeta.Models.Factors
open RobustMeta.Runtime
open RobustMeta.Tests.Models.ExposurePriorTests

let private sizes = [| 5; 0; 9; 5; 2; 7; 5; 3 |]
let private rows () = [| for owner in 0..7 -> [| float owner; 10.0 + float owner; 100.0 + float owner |] |]

let private applied control =
    let all = rows ()
    ControlledExposure(control, 3L).Apply("test", all, Range(Index 1, Index 3), sizes)
    all

let private exchanges () =
    let all = applied ExposureControl.Shuffled
    let owners = [| for row in all -> int row[1] - 10 |]
    Expect.equal (Array.sort owners) [| 0..7 |] "everybody's exposure is somebody's"
    Expect.equal owners[1] 1 "without ratings: as it is"

    for owner in 0..7 do
        Expect.equal all[owner].[0] (float owner) "other columns stay"
        Expect.equal all[owner].[2] (all[owner].[1] + 90.0) "columns go together"

        if owner <> 1 then
            Expect.notEqual owners[owner] owner "nobody keeps the own"

    // Sorted by size each has that of the next, and the largest that of the smallest.
    let sorted = [ 2; 3; 5; 5; 5; 7; 9 ]
    let given = [ for owner in [ 4; 7; 5 ] -> sizes[owners[owner]] ]
    Expect.equal given [ 3; 5; 9 ] "the next larger"
    Expect.equal sizes[owners[2]] sorted.Head "the largest"
    Expect.equal (applied ExposureControl.Shuffled) all "the same again"

let private clears () =
    for row, before in Array.zip (applied ExposureControl.Size) (rows ()) do
        Expect.equal row [| before[0]; 0.0; 0.0 |] "numbers alone"

    Expect.equal (applied ExposureControl.None) (rows ()) "none"

let private specOf control =
    MetaPmfSpec(
        Factors = 3,
        StartRounds = 12,
        TasteVariance = 0.5,
        ExposureRank = 8,
        UserPrior = PriorKind.Exposure,
        ExposureControl = control
    )

/// Where the choice of items tells of taste, telling of another user's choice or of sizes gains nothing.
let private gainsNothing () =
    let train, test = world 1L 600 true, answers 2L 200 true
    let plain = error (MetaPmfSpec(Factors = 3, StartRounds = 12, TasteVariance = 0.5)) train test
    let informed = error (specOf ExposureControl.None) train test
    let gain = plain - informed
    Expect.isGreaterThan gain 0.0 "exposure gains"

    for control in [ ExposureControl.Shuffled; ExposureControl.Size ] do
        let own = plain - error (specOf control) train test
        Expect.isLessThan own (0.25 * gain) $"{control}: {own} of {gain}"

let private sizeHasNoItems () =
    let _, parameters = fit (specOf ExposureControl.Size) (world 1L 60 true) 1
    let order = 4
    let map = parameters["exposure.map"].Values
    Expect.allEqual (Seq.take (8 * order) map) 0f "coefficients of items"

[<Tests>]
let tests =
    testList
        "exposure controls"
        [
            testCase "shuffled: each owner has the exposure of the next in size" exchanges
            testCase "size: exposure is cleared" clears
            testCase "controls gain nothing where exposure does" gainsNothing
            testCase "size: no coefficient of an item's vector" sizeHasNoItems
        ]

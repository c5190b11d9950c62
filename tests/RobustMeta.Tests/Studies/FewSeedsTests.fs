/// Tables of a study over so few seeds that they do not show how far seeds differ.
module RobustMeta.Tests.Studies.FewSeedsTests

open System.Collections.Generic
open Expecto
open RobustMeta.Evaluation
open RobustMeta.Scripts
open RobustMeta.Studies
open RobustMeta.Tests

let private spec = StudySample.parse StudySample.text

// Another method gains 0.2 on every user, hardly different from seed to seed.
let private summary (count: int) =
    let people = [| for u in 1..12 -> $"u{u}" |]

    let values cohort (gain: float) =
        MethodValues(
            cohort,
            [
                for set in 0..1 do
                    for u in 1..12 -> UserResult("m", set, $"u{u}", "NDCG@10", 0.01 * float u + gain)
            ]
        )

    let seed number =
        let cohort = Cohort(people, [| 0.0; 1.0 |], [| for u in 1..12 -> u = 12 |], Axis = "beta")
        let gain = 0.2 + 0.0001 * float number
        let methods = dict [ "plain", values cohort 0.0; "robustmeta", values cohort gain ] |> Dictionary
        SeedResult(int64 number, cohort, methods)

    let names, seeds = [| "plain"; "robustmeta" |], [| for number in 1..count -> seed number |]
    CellSummary.Of(CellResult(spec.Cells[0], "plain", Tuning("", [||]), [||], names, [||], seeds, [||]))

let private tables (cell: CellSummary) =
    [
        StudyTables.results spec [ cell ] "NDCG@10"
        StudyTables.gains spec cell cell.Differences
        StudyTables.differences spec cell cell.Differences
    ]

let private cells (table: Table) = table.Rows |> List.collect _.Cells

[<Tests>]
let tests =
    testList
        "Tables of few seeds"
        [
            testCase "two seeds: no marks and no effect size, and the caption says so"
            <| fun () ->
                let cell = summary 2
                Expect.all cell.Differences (fun d -> not d.IsSignificant) "none is significant"

                for table in tables cell do
                    Expect.all (cells table) (fun c -> c.Mark = Unmarked) table.Label
                    let told = Table.notes table |> List.filter _.Contains("fewer than 3 seeds")
                    Expect.hasLength told 1 table.Label

                let differences = StudyTables.differences spec cell cell.Differences
                let place = differences.Columns |> List.findIndex (fun c -> c.Name = "d_z")
                Expect.all differences.Rows (fun row -> row.Cells[place] = Cell.missing) "d_z"

            testCase "three seeds: both are there"
            <| fun () ->
                let cell = summary 3
                Expect.exists cell.Differences _.IsSignificant "significant"

                for table in tables cell do
                    Expect.exists (cells table) (fun c -> c.Mark = Better) table.Label
                    Expect.isFalse (Table.notes table |> List.exists _.Contains("fewer than")) table.Label

                let differences = StudyTables.differences spec cell cell.Differences
                let place = differences.Columns |> List.findIndex (fun c -> c.Name = "d_z")
                Expect.exists differences.Rows (fun row -> row.Cells[place] <> Cell.missing) "d_z"
        ]

/// Users who arrive now beside those that a model was trained on.
module RobustMeta.Tests.Serving.MonitorTests

open System
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Evaluation
open RobustMeta.Robustness.Sets
open RobustMeta.Runtime
open RobustMeta.Scripts
open RobustMeta.Scripts.Data
open RobustMeta.Scripts.Serving
open RobustMeta.Serving
open RobustMeta.Serving.Monitoring
open RobustMeta.Shift.Diagnosis
open RobustMeta.Tests
open RobustMeta.Tests.ServedRun

let private run = lazy (train (TempFolder.untilExit ()) "MetaPMF" [])

/// Rows of users of the data under other names; which of their ratings, a test chooses.
let private rows (choose: struct (string * float32) list -> struct (string * float32) list) =
    [
        for user in 0 .. run.Value.Prepared.Dataset.Ratings.Users.Count - 1 do
            let own = run.Value.Prepared.Dataset.Ratings.RowsOf(user).ToArray()

            for struct (item, value) in
                choose (ratingsOf run.Value (Collections.Immutable.ImmutableArray.Create<int> own)) do
                FormattableString.Invariant $"n{user},{item},{value}"
    ]

let private reportedOf (run: Run) (lines: string list) (test: MonitorReport -> unit) =
    TempFolder.within (fun folder ->
        let path = Path.Combine(folder, "now.csv")
        TempFolder.write (String.concat "\n" ("user,item,rating" :: lines) + "\n") path
        use model = ColdStartModel.Load run.Folder
        test (MonitorReport.Of(model, run.Prepared, Arrivals.Read(path, model))))

let private reported lines test = reportedOf run.Value lines test

/// One world: a run trained on the first half of its users, and the ratings of the others, who arrive.
let private halves (users: int) (seed: int64) =
    let ratings = SyntheticRatings.Generate(SyntheticSpec(Users = users, Items = 50), seed).Ratings
    let trained = ratings.Where(fun row -> ratings.UserIndex[row] < users / 2)
    let root = (TempFolder.untilExit ())

    trainOn (dataset trained) root "MetaPMF" [],
    [
        for row in 0 .. ratings.Count - 1 do
            if ratings.UserIndex[row] >= users / 2 then
                ratings.Users[ratings.UserIndex[row]], ratings.Items[ratings.ItemIndex[row]], ratings.Values[row]
    ]

let private line (user: string, item: string, value: float32) = FormattableString.Invariant $"{user},{item},{value}"

/// Normal draws by Box and Muller.
let private normal (seed: int64) (count: int) (mean: float) =
    let random = Seeds.Generator(seed, "normal")

    [|
        for _ in 1..count ->
            let radius = sqrt (-2.0 * log (1.0 - random.NextDouble()))
            [| mean + radius * cos (2.0 * Math.PI * random.NextDouble()) |]
    |]

[<Tests>]
let tests =
    testList
        "Monitor"
        [
            testCase "the radius between normal populations is half the squared distance of their means"
            <| fun () ->
                for distance in [ 0.0; 0.5; 1.0 ] do
                    let radius = RealisedRadius.Of(normal 1L 4000 0.0, normal 2L 3000 distance, 3L)
                    let truth = distance * distance / 2.0
                    Expect.isLessThan (abs (radius.Kl - truth)) (0.01 + 0.1 * truth) $"distance {distance}"
                    Expect.isGreaterThanOrEqual radius.High radius.Kl "upper end"
                    Expect.isGreaterThanOrEqual radius.High truth "the truth is below the upper end"

            testCase "with a dozen users the upper end still covers the truth"
            <| fun () ->
                // Their means are half a standard deviation apart.
                let covers seed =
                    (RealisedRadius.Of(normal seed 300 0.0, normal (1000L + seed) 12 0.5, seed)).High >= 0.125

                let covered = [ 1L .. 100L ] |> List.filter covers |> List.length
                Expect.isGreaterThanOrEqual covered 90 $"{covered} of 100 upper ends"

            testCase "the order of rows and users in the file changes nothing"
            <| fun () ->
                let lines = rows (List.truncate 12)

                let levels (report: MonitorReport) =
                    [ for l in report.Diagnosis.Levels -> l.Level, l.Auc, l.Low, l.High ]

                reported lines (fun report ->
                    for name, other in
                        [
                            "rows reversed", List.rev lines
                            "shuffled", lines |> List.sortBy (fun line -> Seeds.Generator(5L, line).Next())
                        ] do
                        reported other (fun again ->
                            Expect.equal again.Radius report.Radius name
                            Expect.equal (levels again) (levels report) name
                            Expect.equal (List.ofSeq again.Losses) (List.ofSeq report.Losses) name))

            testCase
                "users of the same world are told from those of training at no level, however much they rated so far"
            <| fun () ->
                for seed in 1L .. 3L do
                    let run, arriving = halves 240 seed

                    let few =
                        arriving
                        |> List.groupBy (fun (user, _, _) -> user)
                        |> List.collect (fun (_, rows) ->
                            rows |> List.sortBy (fun row -> Seeds.Generator(seed, line row).Next()) |> List.take 6)

                    for name, rows in [ "all ratings", arriving; "six ratings each", few ] do
                        reportedOf run (List.map line rows) (fun report ->
                            for level in report.Diagnosis.Levels do
                                let what = $"seed {seed}, {name}, {level}"
                                Expect.isLessThan level.Low 0.52 what
                                Expect.isGreaterThan level.High 0.48 what

                            Expect.isLessThan report.Radius.Kl 0.05 $"seed {seed}, {name}: radius {report.Radius}"
                            Expect.isLessThan report.Radius.High 0.2 $"seed {seed}, {name}: radius {report.Radius}")

            testCase
                "users who like little else than they used to are told, and the certificate is the exact worst case"
            <| fun () ->
                let harsh = List.map (fun struct (item, value: float32) -> struct (item, max 1f (value - 2f)))

                reported (rows harsh) (fun report ->
                    Expect.isNotNull report.Diagnosis.MostShifted "a level shifts"
                    Expect.isGreaterThan report.Radius.Kl 0.2 "radius"
                    let loss = report.Losses[0]
                    Expect.isGreaterThan loss.Worst loss.Mean "worst case"
                    Expect.isGreaterThanOrEqual loss.WorstHigh loss.Worst "at the upper end"
                    Expect.equal loss.Users run.Value.Prepared.Split.Test.Length "test users"
                    // An oracle: losses by the public surface, and the dual of the ball.
                    use model = ColdStartModel.Load run.Value.Folder
                    let source = run.Value.Prepared.Source

                    let losses =
                        [|
                            for task in run.Value.Prepared.Split.Test ->
                                let scores = (adapt model run.Value task).Score(itemsOf run.Value task.Query)
                                let targets = [| for row in task.Query -> source.LabelOf row |]
                                Array.average (RobustMeta.Tasks.PointLoss.Of(source.Label, scores, targets))
                        |]

                    ModelCase.near "mean" 1e-9 [| Array.average losses |] [| loss.Mean |]
                    let ball = KullbackLeiblerBallSet report.Radius.Kl
                    ModelCase.near "worst" 1e-6 [| ball.DualValue losses |] [| loss.Worst |])

            testCase "the losses stand in one table within 100 columns, and those of the arrivals in a line below it"
            <| fun () ->
                reported (rows id) (fun report ->
                    let printed = (ConsoleTable.text (MonitorCommand.losses report)).Trim().Split '\n'
                    // Its header, a rule and two rows.
                    Expect.equal printed.Length 4 (String.Join('\n', printed))
                    let wide (line: string) = line.Length > 100
                    Expect.isEmpty (Array.filter wide printed) "lines of the table"
                    let line = List.exactlyOne (MonitorCommand.arrived report)
                    Expect.isLessThanOrEqual line.Length 100 line
                    let now = report.Losses[1].Now.Value.ToString("0.0000", Globalization.CultureInfo.InvariantCulture)
                    Expect.stringContains line $"of the users who arrived {now}" "the arrivals"

                    for table in
                        [
                            ShiftCommand.levels "arrived" report.Diagnosis
                            ShiftCommand.features "arrived" report.Diagnosis.Features
                        ] do
                        let text = ConsoleTable.text table
                        Expect.stringContains text "arrived" "header"
                        Expect.isFalse (Text.RegularExpressions.Regex.IsMatch(text, @"\btest\b")) text)

            testCase "monitor prints and writes the comparison, and refuses what cannot be compared"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let now = Path.Combine(folder, "now.csv")
                    let out = Path.Combine(folder, "report")

                    let call (lines: string list) =
                        TempFolder.write (String.concat "\n" ("user,item,rating" :: lines) + "\n") now

                        // The command loads data by name; the runs of these tests are on data that have none.
                        Expect.throwsC
                            (fun () ->
                                use model = ColdStartModel.Load run.Value.Folder

                                MonitorReport.Of(model, run.Value.Prepared, Arrivals.Read(now, model)) |> ignore)
                            (fun error -> error.Message)

                    Expect.stringContains (call [ "a,i1,5" ]) "0 users have 2 ratings or more" "too few users"
                    Expect.stringContains (call [ "a,i1," ]) "line 2" "no rating"

                    Expect.equal
                        (CommandLine.run [ "monitor"; run.Value.Folder; now; "outs"; out ])
                        2
                        "unknown setting"

                    Expect.equal (CommandLine.run [ "monitor"; run.Value.Folder ]) 2 "no file")
        ]

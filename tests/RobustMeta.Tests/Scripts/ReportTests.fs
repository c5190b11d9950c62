module RobustMeta.Tests.Scripts.ReportTests

open System
open System.IO
open Expecto
open PuppeteerSharp
open RobustMeta.Evaluation
open RobustMeta.Scripts
open RobustMeta.Tests

let private hostile = "x </script><script>document.title='PWNED'</script> & \\input{/etc/passwd} | =cmd"

let private result block metric (set, shift) (i: int, name) : PaperTables.ResultRow =
    let mean = 0.6 - shift + 0.01 * float i

    {
        Block = block
        Method = name
        TestSet = set
        Metric = metric
        Result = Interval(mean, mean - 0.01, mean + 0.01, 240)
        P = (if i = 2 then 0.01 else nan)
        Gain = (if i = 0 then nan else 0.01 * float i)
    }

let private results =
    [
        for block in [ "ML-100K, MeLU"; hostile ] do
            for metric in [ "NDCG@10"; "Recall@10" ] do
                for set in [ "β = 0", 0.0; "β = 2", 0.1 ] do
                    for name in List.indexed [ "MeLU"; "MeLU+user"; "MeLU+both" ] do
                        result block metric set name
    ]

let private tables =
    [
        PaperTables.datasets
            [
                { Dataset = "ML-100K"; Users = 943; Items = 1682; Ratings = 100000; Domain = "films" }
                { Dataset = hostile; Users = 10; Items = 5; Ratings = 20; Domain = "made up" }
            ]
        PaperTables.settings
            [
                {
                    Dataset = "ML-100K"
                    Method = "MeLU"
                    Setting = "localLr"
                    Range = "0.01, 0.1, 0.5"
                    Chosen = "0.1"
                }
            ]
        PaperTables.overall
            { Meaning = "95 % Student interval"; Over = "users" }
            "than MeLU, p < 0.05 (Wilcoxon, Holm)"
            results
        PaperTables.cost
            [
                { Block = "ML-100K"; Method = "MeLU"; SecondsAnEpoch = 0.4; Seconds = 20.0; PeakMegabytes = 410.0 }
                {
                    Block = "ML-100K"
                    Method = "MeLU+both"
                    SecondsAnEpoch = 0.5
                    Seconds = 25.0
                    PeakMegabytes = 420.0
                }
            ]
    ]

/// A report with every kind of part.
let report: Report =
    {
        Title = "Robust meta-learned recommendation: a report"
        Summary = "What was done.\n\nAll numbers are made up, to try the report itself."
        Sections =
            [
                { Heading = "Data"; Parts = Prose hostile :: [ for table in List.take 2 tables -> Tabled table ] }
                {
                    Heading = "Results"
                    Parts =
                        [ for table in List.skip 2 tables -> Tabled table ] @ [ for f in AllFigures.figures -> Drawn f ]
                }
            ]
        StudyFiles = [ "overall.toml", "name = \"overall\"\n  [data]\n# 100 % <b>\nseeds = [1, 2]\n" ]
        Environment = [ "machine", "2 cores"; "version", "0.2.0" ]
        Seeds = [ 1L; 2L; 3L ]
        HowToCite = "Cite as given in CITATION.cff."
        Licences = [ "ML-100K", "research only; see its README" ]
    }

let private browser () =
    match Chromium.find () with
    | Some program -> program
    | None -> skiptest $"Chromium is not installed: {Chromium.missing}"

let private filesOf (folder: string) =
    [
        for path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories) |> Array.sort ->
            Path.GetRelativePath(folder, path), path
    ]

let private small: Report =
    { report with
        Sections =
            [
                report.Sections[0]
                {
                    Heading = "Results"
                    Parts = [ Tabled tables[2]; Drawn AllFigures.figures[1]; Drawn MethodDiagram.figure ]
                }
            ]
    }

[<Tests>]
let tests =
    testList
        "Report"
        [
            testCase "a report without a browser is whole, and the same bytes when it is made again"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let one, other = Path.Combine(folder, "one"), Path.Combine(folder, "other")
                    let written = ReportFolder.writeWith None one small
                    ReportFolder.writeWith None other small |> ignore
                    Expect.isSome written.Missing "message"

                    for (name, path), (otherName, otherPath) in List.zip (filesOf one) (filesOf other) do
                        Expect.equal name otherName "names"
                        Expect.equal (File.ReadAllBytes path) (File.ReadAllBytes otherPath) name

                    let names = List.map fst (filesOf one)

                    for name in
                        [
                            "index.html"
                            "paper.tex"
                            "tables/datasets.csv"
                            "tables/overall.md"
                            "tables/overall.tex"
                            "tables/licences.csv"
                            "figures/method.html"
                            $"figures/{AllFigures.figures[1].Name}.html"
                            $"data/{AllFigures.figures[1].Name}.csv"
                            $"figures/{FigurePage.Library}"
                        ] do
                        Expect.contains names name name

                    let page = File.ReadAllText written.Index
                    Expect.equal (page.Split("<script").Length - 1) 1 "our own script alone"
                    Expect.isFalse (page.Contains "http:" || page.Contains "https:") "no network")

            testCase "two tables with one label are refused"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let twice =
                        { small with Sections = [ { Heading = "x"; Parts = [ Tabled tables[0]; Tabled tables[0] ] } ] }

                    Expect.throwsC (fun () -> ReportFolder.writeWith None folder twice |> ignore) (fun e ->
                        Expect.stringContains e.Message "'datasets'" "message"))

            testCase "the paper compiles with pdflatex"
            <| fun () ->
                Pdflatex.require ()

                TempFolder.within (fun folder ->
                    ReportFolder.writeWith None folder small |> ignore
                    let code, said = Pdflatex.compile folder
                    Expect.equal code 0 said)

            testCase "in a browser tables sort, sections collapse, and no text acts"
            <| fun () ->
                let program = browser ()

                TempFolder.within (fun folder ->
                    let index = (ReportFolder.writeWith (Some program) folder small).Index

                    Chromium.within program (fun browser ->
                        task {
                            let! page = browser.NewPageAsync()
                            let said = ResizeArray()
                            page.Console.Add(fun e -> said.Add e.Message.Text)
                            page.PageError.Add(fun e -> said.Add e.Message)
                            do! page.SetViewportAsync(ViewPortOptions(Width = 390, Height = 800))
                            let! _ = page.GoToAsync("file://" + index)
                            let! title = page.GetTitleAsync()
                            Expect.equal title report.Title "title"
                            let first = "document.querySelector('#table-datasets tbody tr td').textContent"
                            let! before = page.EvaluateExpressionAsync<string> first

                            let! _ =
                                page.EvaluateExpressionAsync<obj>
                                    "document.querySelectorAll('#table-datasets th button')[1].click()"

                            let! after = page.EvaluateExpressionAsync<string> first
                            Expect.equal before "ML-100K" "as written"
                            Expect.stringStarts after "x </script>" "fewest users first"

                            let! wide =
                                page.EvaluateExpressionAsync<bool>
                                    "document.documentElement.scrollWidth <= innerWidth"

                            Expect.isTrue wide "a phone shows the page without scrolling sideways"

                            let! _ =
                                page.EvaluateExpressionAsync<obj>
                                    "document.querySelectorAll('img').forEach(i => { i.loading = 'eager' })"

                            // Waits until both are drawn, or fails after the browser's own limit.
                            let! _ =
                                page.WaitForExpressionAsync
                                    "[...document.querySelectorAll('img')].filter(i => i.naturalWidth > 0).length === 2"

                            let! closed =
                                page.EvaluateExpressionAsync<bool>
                                    "(() => { const d = document.querySelector('details'); d.querySelector('summary').click(); return !d.open })()"

                            Expect.isTrue closed "a section collapses"
                            Expect.equal (List.ofSeq said) [] "console"
                        }))
        ]

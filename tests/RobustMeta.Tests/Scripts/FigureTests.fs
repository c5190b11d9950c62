module RobustMeta.Tests.Scripts.FigureTests

open System
open System.IO
open Expecto
open PuppeteerSharp
open RobustMeta.Evaluation
open RobustMeta.Models.Baselines
open RobustMeta.Scripts
open RobustMeta.Settings
open RobustMeta.Tests

let private hostileNames =
    [
        "</script><script>document.title='PWNED'</script>"
        "<!--<script>"
        "<img src=x onerror=\"document.title='PWNED'\">"
        "<a href=\"javascript:document.title='PWNED'\">x</a>"
        "'\"`\\ \u2028 \u202e gpj"
        "%{x} $x^2$ &lt;b&gt;"
        "plain"
    ]

let private interval x = Interval(x, x - 0.01, x + 0.01, 30)

/// A figure whose every text is the given one.
let private hostile (text: string) : Figure =
    let figure =
        LineFigure.draw
            {
                Name = text
                Title = text
                Caption = text
                Width = OneColumn
                X = Axis.linear text
                Y = Axis.linear text
                LineColumn = text
                Uncertainty = Some { Meaning = text; Over = text }
            }
            [
                for line in [ text; text + "2" ] do
                    for x in 0.0 .. 2.0 do
                        { Line = line; X = x; Result = interval x }
            ]

    { figure with Name = $"figure-{abs (text.GetHashCode() % 100000)}-{text.Length}" }

let private chromium () =
    match Chromium.find () with
    | Some program -> program
    | None -> skiptest $"Chromium is not installed: {Chromium.missing}"

/// What a browser makes of a page: title, number of drawn figures, messages of its console, requests beyond files.
let private looked (page: IPage) (path: string) =
    task {
        let said, asked = ResizeArray(), ResizeArray()
        page.Console.Add(fun e -> said.Add e.Message.Text)
        page.PageError.Add(fun e -> said.Add e.Message)

        page.Request.Add(fun e ->
            if
                not (
                    e.Request.Url.StartsWith "file:"
                    || e.Request.Url.StartsWith "data:"
                    || e.Request.Url.StartsWith "blob:"
                )
            then
                asked.Add e.Request.Url)

        let! _ = page.GoToAsync("file://" + path)
        let! title = page.GetTitleAsync()
        let! drawn = page.EvaluateExpressionAsync<int> "document.querySelectorAll('svg.main-svg').length"

        let! texts =
            page.EvaluateExpressionAsync<string>
                "document.body.innerText + [...document.querySelectorAll('text')].map(t => t.textContent).join('|')"

        return title, drawn, texts, List.ofSeq said, List.ofSeq asked
    }

let private programs = lazy (chromium ())

[<Tests>]
let tests =
    testList
        "Figures"
        [
            testCase "labels are moved apart, and stay within the axis"
            <| fun () ->
                let placed = Panels.spread 10.0 0.0 100.0 [ 50.0; 52.0; 98.0; 99.0; 1.0 ]
                let ordered = List.sort placed

                for below, above in List.pairwise ordered do
                    Expect.isGreaterThanOrEqual (above - below) 9.999 "apart"

                Expect.isGreaterThanOrEqual ordered.Head 0.0 "lowest"
                Expect.isLessThanOrEqual (List.last ordered) 100.0 "highest"
                Expect.isLessThan placed[0] placed[1] "order is kept"

            testCase "ticks are short"
            <| fun () ->
                Expect.equal
                    (List.map Axis.tickText [ 0.001; 0.5; 20000.0; 1e-4; 3e6; 0.0; -2.0 ])
                    [ "0.001"; "0.5"; "20000"; "10<sup>-4</sup>"; "3·10<sup>6</sup>"; "0"; "−2" ]
                    "texts"

            testCase "a baseline looks the same in every figure, and like no other series"
            <| fun () ->
                let methods = FigureStyle.looks [ "plain"; "robustmeta" ]
                let few = FigureStyle.looks [ "plain"; "bias"; "robustmeta"; "random" ]
                let many = FigureStyle.looks [ "random"; "a"; "b"; "c"; "bias" ]
                Expect.equal [ few[0]; few[2] ] methods "baselines take no place among the others"
                Expect.equal [ many[4]; many[0] ] [ few[1]; few[3] ] "the same"

                let own =
                    [
                        for spec in BaselineSpec.Registry.All.Values do
                            if spec.GetType().Assembly = typeof<BaselineSpec>.Assembly then
                                FigureStyle.looks [ spec.Name ] |> List.exactlyOne
                    ]

                let all = own @ [ for i in 0..7 -> FigureStyle.look i ]
                Expect.hasLength own 8 "baselines"
                Expect.hasLength (List.distinct [ for look in own -> look.Colour ]) 8 "colours"
                Expect.hasLength (List.distinct [ for look in all -> look.Symbol ]) 16 "markers"

            testCase "p-values of each of the usual limits differ in shade"
            <| fun () ->
                let shades = [ for p in [ 0.0004; 0.003; 0.019; 0.3 ] -> FigureStyle.shade (SeedsFigure.darkness p) ]
                Expect.equal (List.distinct shades) shades "four"
                let texts = [ for p in [ 0.0; 0.0004; 0.0007; 0.001; 0.3 ] -> SeedsFigure.text p ]
                Expect.equal texts [ "&lt;0.001"; "&lt;0.001"; "&lt;0.001"; "0.001"; "0.300" ] "numbers agree"

            testCase "numbers at the ticks of an axis have the same digits"
            <| fun () ->
                let program = programs.Value

                TempFolder.within (fun folder ->
                    let figure =
                        LineFigure.draw
                            {
                                Name = "digits"
                                Title = "digits"
                                Caption = "digits"
                                Width = OneColumn
                                X = Axis.linear "epoch"
                                Y = Axis.linear "NDCG@10"
                                LineColumn = "method"
                                Uncertainty = None
                            }
                            [
                                for x in 0..10 ->
                                    { Line = "plain"; X = float x; Result = interval (0.55 + 0.006 * float x) }
                            ]

                    FigureExport.saveWith (Some program) folder [ figure ] |> ignore
                    let svg = File.ReadAllText(Path.Combine(folder, "digits.svg"))
                    Expect.stringContains svg ">0.60<" "a zero at the end"
                    Expect.isFalse (svg.Contains ">0.6<") "not left out"
                    Expect.stringContains svg ">10<" "whole numbers stay whole")

            testCase "every figure has its numbers, a caption, and a name of its own"
            <| fun () ->
                let figures = AllFigures.figures
                Expect.equal (figures |> List.map _.Name |> List.distinct |> List.length) figures.Length "names"

                for figure in figures do
                    Expect.isGreaterThan figure.Caption.Length 20 figure.Name

                    if figure.Name <> "method" then
                        Expect.isGreaterThan figure.Data.Rows.Length 2 figure.Name

            testCase "without a browser there is HTML, and the message says what to install"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let saved = FigureExport.saveWith None folder [ hostile "</script>" ]
                    let page = File.ReadAllText(Path.Combine(folder, saved.Files.Head))
                    Expect.stringContains saved.Missing.Value "apt-get install chromium" "message"
                    // The library's, the data's and the page's own.
                    Expect.equal (page.Split("</script>").Length - 1) 3 "closing tags"
                    Expect.isFalse (page.Contains "http:" || page.Contains "https:") "no network"
                    let library = FileInfo(Path.Combine(folder, FigurePage.Library))
                    Expect.isGreaterThan library.Length 3_000_000L "library")

            testCase "a browser that does not start costs the vector figures alone"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let notOne = Path.Combine(folder, "chromium")
                    File.WriteAllText(notOne, "no program")

                    for program in [ notOne; "/bin/false" ] do
                        if File.Exists program then
                            let saved = FigureExport.saveWith (Some program) folder [ hostile "plain" ]
                            Expect.all saved.Files (fun file -> Path.GetExtension file = ".html") "HTML"
                            Expect.stringContains saved.Missing.Value program "names it")

            testCase "half a plotly.js is replaced"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let library = Path.Combine(folder, FigurePage.Library)
                    File.WriteAllText(library, "half")
                    FigurePage.writeLibrary folder
                    Expect.isGreaterThan (FileInfo(library).Length) 3_000_000L "whole")

            testCase "two figures of one name are refused"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let figure = hostile "x"

                    Expect.throwsC (fun () -> FigureExport.saveWith None folder [ figure; figure ] |> ignore) (fun e ->
                        Expect.stringContains e.Message "each needs a name of its own" "message"))

            testCase "in a browser every figure is drawn, and no text of it acts"
            <| fun () ->
                let program = programs.Value

                TempFolder.within (fun folder ->
                    let figures = [ for text in hostileNames -> text, hostile text ]
                    FigureExport.saveWith None folder (List.map snd figures) |> ignore

                    Chromium.within program (fun browser ->
                        task {
                            for text, figure in figures do
                                let! page = browser.NewPageAsync()

                                let! title, drawn, texts, said, asked =
                                    looked page (Path.Combine(folder, figure.Name + ".html"))

                                Expect.equal said [] $"{text}: console"
                                Expect.equal asked [] $"{text}: network"
                                Expect.isFalse (title = "PWNED") $"{text}: script"
                                Expect.isGreaterThan drawn 0 $"{text}: drawn"
                                let words = (InertText.plain text).Trim()
                                let spaces (s: string) = Text.RegularExpressions.Regex.Replace(s, @"\s+", " ")
                                Expect.stringContains (spaces texts) (spaces words) $"{text}: read as it is spelt"
                                do! page.CloseAsync()
                        }))

            testCase "vector files have text as text and fonts inside, the same bytes each time and in any company"
            <| fun () ->
                let program = programs.Value

                TempFolder.within (fun folder ->
                    let figures = [ AllFigures.figures[0]; AllFigures.figures[2]; hostile "a </script> b" ]
                    let one, other = Path.Combine(folder, "one"), Path.Combine(folder, "other")
                    FigureExport.saveWith (Some program) one figures |> ignore
                    FigureExport.saveWith (Some program) other (List.rev figures) |> ignore

                    for figure in figures do
                        for extension in [ "svg"; "pdf"; "html" ] do
                            let file = $"{figure.Name}.{extension}"

                            Expect.equal
                                (File.ReadAllBytes(Path.Combine(one, file)))
                                (File.ReadAllBytes(Path.Combine(other, file)))
                                file

                        let svg = File.ReadAllText(Path.Combine(one, figure.Name + ".svg"))
                        Xml.Linq.XDocument.Parse svg |> ignore
                        Expect.isFalse (svg.Contains "<image" || svg.Contains "<script") "vector"
                        Expect.stringContains svg "<text" "text"

                        let pdf =
                            Text.Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(one, figure.Name + ".pdf")))

                        Expect.stringContains pdf "/FontFile" "embedded fonts"
                        Expect.equal (pdf.Split("/Type /Page\n").Length - 1) 1 "one page")

            testCase "a browser that is not there is told before any work, one that does not work leaves the HTML"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let before = Environment.GetEnvironmentVariable Chromium.Variable
                    let nowhere = Path.Combine(folder, "nowhere")

                    try
                        Environment.SetEnvironmentVariable(Chromium.Variable, nowhere)

                        Expect.throwsC (fun () -> Chromium.find () |> ignore) (fun error ->
                            Expect.isTrue (error :? SettingException) $"{error}"
                            Expect.stringContains error.Message $"names '{nowhere}', which is not there" "message")

                        Environment.SetEnvironmentVariable(Chromium.Variable, folder)
                        Expect.throwsT<SettingException> (fun () -> Chromium.find () |> ignore) "a folder"
                    finally
                        Environment.SetEnvironmentVariable(Chromium.Variable, before)

                    let text = Path.Combine(folder, "text")
                    File.WriteAllText(text, "no program")

                    for program in [ "/bin/true"; "/bin/cat"; text ] do
                        let exported = FigureExport.saveWith (Some program) folder [ AllFigures.figures[0] ]
                        Expect.equal exported.Files [ $"{AllFigures.figures[0].Name}.html" ] program
                        let missing = Expect.wantSome exported.Missing program
                        Expect.stringContains missing $"{program} drew no figures" "why"
                        Expect.stringContains missing Chromium.Variable "remedy")
        ]

/// Which folders the commands of studies take, and what a pack holds.
module RobustMeta.Tests.Studies.StudyFolderTests

open System.IO
open System.Threading.Tasks
open Expecto
open RobustMeta.Studies
open RobustMeta.Tests
open RobustMeta.Tests.Studies.SmallStudy

let private folderTests =
    testList
        "folder"
        [
            testCase "the folder of another study is refused; the same with other seeds, methods or variants is not"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let mine, other, out = written folder "mine", written folder "other", Path.Combine(folder, "out")

                    File.AppendAllText(
                        mine,
                        "\n[variant.tiny.data.synthetic]\ndataset = \"synthetic\"\nuserNum = 80\n"
                    )

                    ran [ mine; "run"; "seeds"; "1"; "out"; out ] |> ignore
                    let files () = Directory.GetFileSystemEntries(out, "*", SearchOption.AllDirectories) |> Set.ofArray
                    let before = files ()

                    for verb in [ "run"; "plan"; "status"; "report"; "export"; "pack"; "collect"; "submit"; "cancel" ] do
                        let text = refused [ verb; other; "out"; out ]

                        for part in [ out; "the study 'mine'"; "expected one of 'other'"; "out FOLDER" ] do
                            Expect.stringContains text part verb

                    Expect.equal (files ()) before "nothing is written"
                    ran [ mine; "run"; "out"; out ] |> ignore
                    ran [ mine; "run"; "methods"; "other"; "seeds"; "1,2,3"; "out"; out ] |> ignore
                    ran [ mine; "variant"; "tiny"; "run"; "out"; out ] |> ignore
                    File.AppendAllText(mine, "\n# changed\n")

                    Expect.stringContains
                        (ran [ mine; "run"; "out"; out ])
                        "done: 4 of 4 runs"
                        "finished runs are read"

                    let packed = Path.Combine(folder, "packed")
                    ran [ mine; "pack"; "to"; packed; "out"; out ] |> ignore
                    ran [ mine; "report"; "from"; packed ] |> ignore)

            testCase "a folder that holds other files is refused before anything is written"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let mine, out = written folder "mine", Path.Combine(folder, "out")
                    Directory.CreateDirectory out |> ignore
                    File.WriteAllText(Path.Combine(out, "thesis.tex"), "x")

                    for verb in [ "run"; "plan"; "status"; "probe"; "submit"; "work"; "cancel" ] do
                        let text = refused [ verb; mine; "out"; out ]

                        for part in [ out; "other files (thesis.tex)"; "out " + Path.Combine(out, "mine") ] do
                            Expect.stringContains text part verb

                    Expect.equal
                        [ for path in Directory.GetFileSystemEntries out -> Path.GetFileName path ]
                        [ "thesis.tex" ]
                        "all that is there"
                    // The remedy helps; beside the study's own files and hidden ones it runs.
                    ran [ mine; "plan"; "out"; Path.Combine(out, "mine") ] |> ignore
                    File.Delete(Path.Combine(out, "thesis.tex"))
                    Directory.Delete(Path.Combine(out, "mine"), true)
                    File.WriteAllText(Path.Combine(out, ".hidden"), "x")
                    File.Copy(mine, Path.Combine(out, "mine.toml"))
                    ran [ mine; "plan"; "out"; out ] |> ignore
                    ran [ mine; "run"; "out"; out ] |> ignore
                    File.WriteAllText(Path.Combine(out, "thesis.tex"), "x")
                    ran [ mine; "run"; "out"; out ] |> ignore)

            testCase "a worker that begins while another takes the folder is not refused"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let study = StudyFile.Read(written folder "mine")

                    for number in 1..60 do
                        let root = Path.Combine(folder, $"out-{number}")
                        let other = Task.Run(fun () -> StudyStore(root).BelongTo study)
                        // Looks again and again while the name of the study is written.
                        while not other.IsCompleted do
                            StudyStore(root).RequireOf study

                        other.GetAwaiter().GetResult())

            testCase "a pack has a folder of its own"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let mine, out = written folder "mine", Path.Combine(folder, "out")
                    ran [ mine; "run"; "out"; out ] |> ignore
                    let files () = Directory.GetFileSystemEntries(out, "*", SearchOption.AllDirectories) |> Set.ofArray
                    let before = files ()
                    let text = refused [ mine; "pack"; "to"; out; "out"; out ]
                    Expect.stringContains text "the folder of a study's runs" "among the runs"
                    Expect.equal (files ()) before "nothing is written"
                    let other = Directory.CreateDirectory(Path.Combine(folder, "other")).FullName
                    File.WriteAllText(Path.Combine(other, "thesis.tex"), "x")
                    let text = refused [ mine; "pack"; "to"; other; "out"; out ]
                    Expect.stringContains text "other files (thesis.tex)" "among others"
                    Expect.hasLength (Directory.GetFileSystemEntries other) 1 "nothing is written"
                    let packed = Path.Combine(folder, "packed")
                    ran [ mine; "pack"; "to"; packed; "out"; out ] |> ignore
                    File.WriteAllText(Path.Combine(packed, "notes.txt"), "x")
                    ran [ mine; "pack"; "to"; packed; "out"; out ] |> ignore)

            testCase
                "a pack is reported as it was made: other seeds, parts, settings or variants are refused by their names"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let mine, out = written folder "mine", Path.Combine(folder, "out")
                    let packed, tiny = Path.Combine(folder, "packed"), Path.Combine(folder, "tiny")
                    File.AppendAllText(mine, "\n[variant.tiny.shared]\nuserNum = 80\n")
                    let changed = [ "shiftDraws"; "2"; "out"; out ]
                    ran ([ mine; "run" ] @ changed) |> ignore
                    ran ([ mine; "pack"; "to"; packed ] @ changed) |> ignore
                    ran [ mine; "variant"; "tiny"; "run"; "out"; out ] |> ignore
                    ran [ mine; "variant"; "tiny"; "pack"; "to"; tiny; "out"; out ] |> ignore

                    for from, words, parts in
                        [
                            packed, [ "seeds"; "1" ], [ "'seeds'"; "pack seeds 1" ]
                            packed, [ "base"; "MeLU" ], [ "'base'" ]
                            packed, [ "methods"; "other" ], [ "'methods'" ]
                            packed, [ "shiftDraws"; "3" ], [ "shiftDraws is given as '3'"; "with shiftDraws 2" ]
                            packed, [ "testFraction"; "0.2" ], [ "testFraction"; "without 'testFraction'" ]
                            packed, [ "variant"; "tiny" ], [ "the study itself"; "variant 'tiny'" ]
                            tiny, [], [ "the variant 'tiny'" ]
                            packed, [ "out"; out ], [ "'out"; "leave 'out' out"; "to FILE.md" ]
                        ] do
                        let text = refused ([ mine; "report"; "from"; from ] @ words)

                        for part in parts do
                            Expect.stringContains text part text

                    for from, words in [ packed, []; packed, [ "shiftDraws"; "2" ]; tiny, [ "variant"; "tiny" ] ] do
                        ran ([ mine; "report"; "from"; from ] @ words) |> ignore

                    // The file at the report's end says otherwise: the report tells what was given beside it.
                    let page folder = File.ReadAllText(Path.Combine(folder, "report.md"))
                    let told = "Settings given beside the study file, which win over what it says: shiftDraws 2."
                    Expect.stringContains (page packed) told "of the pack"
                    ran ([ mine; "report" ] @ changed) |> ignore
                    Expect.stringContains (page out) told "of the runs"
                    Expect.isFalse ((page tiny).Contains "given beside") "nothing was given")

            testCase "runs without a name are anybody's, as those of earlier versions"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let mine, other, out = written folder "mine", written folder "other", Path.Combine(folder, "out")
                    ran [ mine; "run"; "out"; out ] |> ignore
                    File.Delete(Path.Combine(out, "study-name"))
                    Expect.stringContains (ran [ other; "run"; "out"; out ]) "done: 4 of 4 runs" "read"
                    Expect.stringContains (refused [ mine; "run"; "out"; out ]) "the study 'other'" "named by it now")
        ]

[<Tests>]
let tests = testList "Study commands" [ folderTests ]

/// The whole corpus, under cultures whose numbers, letters and calendars differ.
module RobustMeta.Faults.Corpus.CorpusTests

open System
open System.Globalization
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Settings
open RobustMeta.Studies
open RobustMeta.Training
open RobustMeta.Tests.TempFolder

let private cultures = [ "de-DE"; "tr-TR"; "fa-IR"; "ar-SA"; "sv-SE" ]

/// Runs an action under a culture.
let private under (name: string) (action: unit -> unit) =
    let before = CultureInfo.CurrentCulture

    try
        CultureInfo.CurrentCulture <- CultureInfo name
        action ()
    finally
        CultureInfo.CurrentCulture <- before

// The first reading of a process also pays for the compiler.
let private warm = lazy (BadInput.run Numbers.cases.Head |> ignore)

let private cases = Numbers.cases @ Texts.cases @ Archives.cases

let private files =
    testList
        "files of ratings"
        [
            for case in cases do
                testCase $"{case.Group}: {case.Name}"
                <| fun () ->
                    warm.Force()
                    let all = if case.Group = "giants" then [ "de-DE" ] else cultures

                    for culture in all do
                        under culture (fun () ->
                            match BadInput.run case with
                            | Some wrong -> failtest $"{culture}: {wrong}"
                            | None -> ())
        ]

let private arrays =
    testList
        "files of arrays"
        [
            for name, content in Safetensors.refused do
                testCase name
                <| fun () ->
                    within (fun folder ->
                        let path = Path.Combine(folder, "x.safetensors")
                        writeBytes content path

                        Expect.throwsC (fun () -> SafetensorsFile.Load path |> ignore) (fun error ->
                            Expect.isTrue (error :? InvalidDataException) $"{error.GetType().Name}: {error.Message}"
                            Expect.stringContains error.Message path "names the file"))
        ]

let private isSettingError (part: string) (error: exn) =
    Expect.isTrue (error :? SettingException) $"{error.GetType().Name}: {error.Message}"
    Expect.stringContains error.Message part "message"
    Expect.isLessThan error.Message.Length 1500 "a message, not a copy of the file"

let private specs =
    testList
        "files of settings"
        [
            for name, text, part in Specs.refused do
                testCase name
                <| fun () ->
                    for culture in cultures do
                        under culture (fun () ->
                            Expect.throwsC (fun () -> SpecFile.Parse text |> ignore) (isSettingError part))

            for name, make in
                [
                    "a folder", (fun (path: string) -> Directory.CreateDirectory path |> ignore)
                    "nothing", ignore
                    "bytes that are not UTF-8", writeBytes [| 0xFFuy; 0xFEuy; 0x6Cuy |]
                    "two megabytes", writeBytes (Array.create 2_000_000 35uy)
                ] do
                testCase $"in place of a file: {name}"
                <| fun () ->
                    within (fun folder ->
                        let path = Path.Combine(folder, "s.toml")
                        make path
                        Expect.throwsC (fun () -> SpecFile.Read path |> ignore) (isSettingError path))
        ]

let private names =
    testList
        "names of data sets"
        [
            for name in Specs.names do
                testCase $"'{name}'"
                <| fun () ->
                    within (fun root ->
                        let text = $"[\"{name}\"]\nformat = \"jester\"\nlabelThreshold = 4\n"
                        write text (Path.Combine(root, "catalog.toml"))
                        let catalog = DatasetCatalog([ root ], null)
                        Expect.isGreaterThan catalog.Problems.Count 0 "said"
                        Expect.isGreaterThan (catalog.Load("synthetic").Ratings.Count) 0 "the others are there")
        ]

let private faults =
    testList
        "faults of the form are told alike, with line and column"
        [
            for fault, told in
                [
                    "a 0.1", ":2:3: after the key 'a' stands '0.1'; expected '='"
                    "a = b", ":2:5: 'b' stands without quotes"
                    "a = 1\na = 2", ":3:1: 'own.a' stands in line 2 already"
                    "a = [1", ":3:1: the list has no end"
                ] do
                testCase fault
                <| fun () ->
                    within (fun root ->
                        let path = Path.Combine(root, "catalog.toml")
                        write $"[own]\n{fault}\n" path
                        Expect.stringContains (DatasetCatalog([ root ], null).Problems[path]) (path + told) "a catalog"
                        Expect.throwsC (fun () -> SpecFile.Read path |> ignore) (isSettingError (path + told))
                        Expect.throwsC (fun () -> StudyFile.Read(path, null) |> ignore) (isSettingError (path + told)))
        ]

// Found by afl-fuzz: the TOML library's own error was no answer to bad input.
let private escapes =
    testList
        "texts that end after a backslash"
        [
            for text in [ "\"\\"; "[own]\ntitle = \"a\\"; "[own]\ntitle = \"\"\"a\\" ] do
                testCase $"a catalog: {text}"
                <| fun () ->
                    within (fun root ->
                        write text (Path.Combine(root, "catalog.toml"))
                        let problems = DatasetCatalog([ root ], null).Problems
                        Expect.exists problems (fun problem -> $"{problem}".Contains "backslash") "said")

                testCase $"a study: {text}"
                <| fun () ->
                    within (fun root ->
                        let path = Path.Combine(root, "study.toml")
                        write text path
                        Expect.throwsC (fun () -> StudyFile.Read(path, null) |> ignore) (isSettingError "backslash"))
        ]

let private size = cases.Length + Safetensors.refused.Length + Specs.refused.Length + 4 + Specs.names.Length

[<Tests>]
let tests =
    testList
        "corpus"
        [
            files
            arrays
            specs
            names
            escapes
            faults
            testCase "the corpus has at least 330 inputs"
            <| fun () ->
                printfn $"corpus: {size} inputs"
                Expect.isGreaterThanOrEqual size 330 "inputs"
        ]

/// The Python of the machine, for tests that run scripts of `python/`.
module RobustMeta.Tests.PythonProgram

open System
open System.Diagnostics
open System.IO
open Expecto
open RobustMeta.Tests

/// Path of a script of `python/`.
let script (name: string) = Path.Combine(MarkdownBlocks.root, "python", name)

/// What a program says on some input, or its errors where it cannot run or fails.
let said (program: string) (words: string list) (input: string) =
    try
        let start =
            ProcessStartInfo(
                program,
                words,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )

        start.Environment["PYTHONDONTWRITEBYTECODE"] <- "1"
        use child = Process.Start start
        let errors = child.StandardError.ReadToEndAsync()
        child.StandardInput.Write input
        child.StandardInput.Close()
        let output = child.StandardOutput.ReadToEnd()
        child.WaitForExit()
        if child.ExitCode = 0 then Ok output else Error errors.Result
    with :? ComponentModel.Win32Exception as error ->
        Error error.Message

let private programs = Collections.Concurrent.ConcurrentDictionary<string, string option>()

/// Runs a test with a Python that has a package; skips it by name where there is none.
let withPackage (package: string) (test: string -> unit) =
    let find _ =
        [ "python3"; "/usr/bin/python3" ]
        |> List.tryFind (fun program -> Result.isOk (said program [ "-c"; $"import {package}" ] ""))

    match programs.GetOrAdd(package, find) with
    | Some program -> test program
    | None -> skiptest $"this machine has no python3 with {package}"

let expectOk (result: Result<string, string>) =
    match result with
    | Ok output -> output
    | Error message -> failtest message

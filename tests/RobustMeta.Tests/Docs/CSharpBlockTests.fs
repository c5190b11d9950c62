module RobustMeta.Tests.Docs.CSharpBlockTests

open System
open System.IO
open System.Diagnostics
open System.Reflection
open Expecto
open RobustMeta.Tests
open RobustMeta.Tests.MarkdownBlocks

let private runtime = Path.GetDirectoryName typeof<obj>.Assembly.Location

/// The compiler of the newest SDK beside the runtime that runs the tests.
let private compiler =
    lazy
        (let sdks = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "sdk"))

         Directory.GetDirectories sdks
         |> Array.map (fun sdk -> Path.Combine(sdk, "Roslyn", "bincore", "csc.dll"))
         |> Array.filter File.Exists
         |> Array.max)

/// What `ImplicitUsings` brings.
let private implicitUsings =
    [
        "System"
        "System.Collections.Generic"
        "System.IO"
        "System.Linq"
        "System.Threading"
        "System.Threading.Tasks"
    ]
    |> List.map (fun name -> $"global using global::{name};\n")
    |> String.concat ""

let private isManaged (path: string) =
    try
        AssemblyName.GetAssemblyName path |> ignore
        true
    with _ ->
        false

let private references =
    lazy
        [
            for folder in [ runtime; AppContext.BaseDirectory ] do
                for path in Directory.EnumerateFiles(folder, "*.dll") do
                    if isManaged path then
                        $"-r:{path}"
        ]

/// Compiles a program; its entry point, or what the compiler says.
let private compile (folder: string) (number: int) (block: Block) : Result<MethodInfo, string> =
    let path name = Path.Combine(folder, name)
    let program = path $"block{number}.cs"
    let library = path $"block{number}.dll"

    let code =
        if block.Marker = GuideRun.Marker then
            GuideRun.fill folder block.Text
        else
            quick block.Text

    TempFolder.write ($"#line {block.Line} \"{block.Page}\"\n" + code) program
    TempFolder.write implicitUsings (path "usings.cs")

    let arguments =
        [
            "-nologo"
            "-nullable:enable"
            "-langversion:latest"
            "-target:exe"
            $"-out:{library}"
            yield! references.Value
            program
            path "usings.cs"
        ]

    TempFolder.write (String.Join('\n', [ for a in arguments -> $"\"{a}\"" ])) (path $"block{number}.rsp")
    let response = "@" + path $"block{number}.rsp"

    let start =
        ProcessStartInfo("dotnet", [ "exec"; compiler.Value; "-noconfig"; response ], RedirectStandardOutput = true)

    use running = Process.Start start
    let said = running.StandardOutput.ReadToEnd()
    running.WaitForExit()

    if running.ExitCode = 0 && not (said.Contains "warning") then
        Ok (Assembly.LoadFrom library).EntryPoint
    else
        Error said

/// Runs a program in a folder, in this process, and returns what it printed.
let private execute (folder: string) (entry: MethodInfo) =
    let output, current = Console.Out, Environment.CurrentDirectory
    use printed = new StringWriter()

    try
        Console.SetOut printed
        Environment.CurrentDirectory <- folder
        let arguments = [| for _ in entry.GetParameters() -> box Array.empty<string> |]

        match entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null) with
        | :? Threading.Tasks.Task as task -> task.Wait()
        | _ -> ()
    finally
        Environment.CurrentDirectory <- current
        Console.SetOut output

    string printed

[<Tests>]
let tests =
    testList
        "C# blocks"
        [
            for number, block in inLanguage "csharp" |> List.indexed do
                testCase $"{block.Place} compiles without a warning and runs"
                <| fun () ->
                    TempFolder.within (fun folder ->
                        if block.Marker = GuideRun.Marker then
                            GuideRun.train folder

                        match compile folder number block with
                        | Ok entry -> execute folder entry |> ignore
                        | Error said -> failtest said)
        ]

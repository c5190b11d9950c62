// dotnet fsi tests/mutation.fsx [list] [COUNT] [SEED] [FIRST] [FILE…|FILE:LINE…]
// Changes the statistics, metrics and ambiguity sets one place at a time, and lists the changes that no test notices: COUNT of them
// in an order drawn by SEED, from the one numbered FIRST on; only those of the files or lines that are named, if any are. All changes
// are compiled into one copy of the library at once, each asleep; a variable of the environment wakes one. So the copy is built once,
// and each change costs a run of the tests of its rooms alone.
// Known to survive, since no value changes by more than rounding:
// - `x - mean` → `x + mean` in a sum of squares about that mean (Significance.StandardError, KullbackLeiblerProjection.Guess and the spread of
//   SolveForSum): Σ a (x − m)(x + m) = Σ a (x − m)², as m is their mean.
// - KullbackLeiblerProjection: the slope of Newton's step on the threshold (`weights[i] + mu`), the test of its end (`next - y`), the start
//   of the outer one (`Guess`, its line `shrinkage`) and the ends of its bracket (`newton > low`) set how many steps are taken, not where
//   they end.
// - KullbackLeiblerDual.At, `temperature >= 1` → `> 1`: at a temperature of one the two formulas are the same function.
// - SoftmaxKernel.Solve, `step > 0` → `step >= 0`: the first step measures anew what it was given; `change < 1e-7` → `<=`: the step that is
//   exactly so long, or not taken, moves the end by its square.
// - StudentisedRange.Quantile, `i < 50` → `i <= 50`: the interval is 2e-14 wide after fifty halvings; one more changes less than the
//   rounding of the integral.
// - CappedThreshold: how many weights move (`shifted > 0 && shifted < cap`) sets the length of Newton's steps, and the bracket keeps them
//   right; at the end of the search `newton` and `threshold` are the same to the last digit, so `newton <= high` may be `<`.
// quick: list
#r "nuget: Microsoft.CodeAnalysis.CSharp, 5.0.0"

open System
open System.Diagnostics
open System.IO
open Microsoft.CodeAnalysis
open Microsoft.CodeAnalysis.CSharp
open Microsoft.CodeAnalysis.CSharp.Syntax

let root = Path.GetFullPath(Path.Combine(__SOURCE_DIRECTORY__, ".."))
let words = fsi.CommandLineArgs |> List.ofArray |> List.tail
let isList = List.contains "list" words

let numbers =
    words
    |> List.choose (fun word ->
        match Int32.TryParse word with
        | true, n -> Some n
        | _ -> None)

let count = numbers |> List.tryItem 0 |> Option.defaultValue 100
let seed = numbers |> List.tryItem 1 |> Option.defaultValue 1
let first = numbers |> List.tryItem 2 |> Option.defaultValue 1

/// Files and lines that were named.
let named = words |> List.filter (fun word -> word <> "list" && not (fst (Int32.TryParse word)))

/// Name of the variable that wakes a change, by its number.
let variable = "ROBUSTMETA_MUTANT"

let rooms = [ "Evaluation"; "Evaluation/Statistics"; "Robustness/Sets" ]

/// Tests of these rooms, by the beginning of their names.
let lists =
    [
        "Statistics"
        "Average ranks"
        "StratifiedBootstrap"
        "PairedComparison"
        "Metrics"
        "Metrics by definition"
        "Metric contract"
        "Measurable users"
        "Evaluator"
        "ResultTable"
        "Robustness summaries"
        "AmbiguitySet"
        "AmbiguitySet properties"
        "SoftmaxKernel"
        "Reweighter rules"
        "Selection rule"
    ]

let files =
    [
        for room in rooms do
            for file in Directory.GetFiles(Path.Combine(root, "RobustMeta.Core", room), "*.cs") |> Array.sort do
                Path.GetRelativePath(root, file)
    ]

/// What an operator is changed into.
let others =
    dict
        [
            SyntaxKind.AddExpression, SyntaxKind.SubtractExpression
            SyntaxKind.SubtractExpression, SyntaxKind.AddExpression
            SyntaxKind.MultiplyExpression, SyntaxKind.DivideExpression
            SyntaxKind.DivideExpression, SyntaxKind.MultiplyExpression
            SyntaxKind.LessThanExpression, SyntaxKind.LessThanOrEqualExpression
            SyntaxKind.LessThanOrEqualExpression, SyntaxKind.LessThanExpression
            SyntaxKind.GreaterThanExpression, SyntaxKind.GreaterThanOrEqualExpression
            SyntaxKind.GreaterThanOrEqualExpression, SyntaxKind.GreaterThanExpression
            SyntaxKind.EqualsExpression, SyntaxKind.NotEqualsExpression
            SyntaxKind.NotEqualsExpression, SyntaxKind.EqualsExpression
            SyntaxKind.LogicalAndExpression, SyntaxKind.LogicalOrExpression
            SyntaxKind.LogicalOrExpression, SyntaxKind.LogicalAndExpression
        ]

/// A change: where it is and what it makes of what.
type Change = { Number: int; Place: string; Before: string; After: string }

let changes = Collections.Generic.List<Change>()

// Of a text, a declared type or a constant no condition can be made; a pattern variable would not be assigned on both ways.
let isFit (node: BinaryExpressionSyntax) =
    let inside = node.Ancestors() |> List.ofSeq

    let isWithin =
        inside
        |> List.exists (fun outer ->
            outer :? AttributeSyntax
            || outer :? ThrowExpressionSyntax
            || outer :? ThrowStatementSyntax
            || outer :? InterpolationSyntax
            || outer :? PatternSyntax
            || outer :? ParameterSyntax
            || (match outer with
                | :? FieldDeclarationSyntax as field -> field.Modifiers.Any SyntaxKind.ConstKeyword
                | :? LocalDeclarationStatementSyntax as local -> local.IsConst
                | _ -> false))

    let texts =
        node.DescendantNodes()
        |> Seq.exists (fun inner ->
            inner :? InterpolatedStringExpressionSyntax || inner.IsKind SyntaxKind.StringLiteralExpression)

    let designates =
        node.DescendantNodes()
        |> Seq.exists (fun inner -> inner :? DeclarationExpressionSyntax || inner :? IsPatternExpressionSyntax)

    others.ContainsKey(node.Kind()) && not (isWithin || texts || designates)

type Rewriter(file: string) =
    inherit CSharpSyntaxRewriter()

    override this.VisitBinaryExpression node =
        let inner = base.VisitBinaryExpression node :?> BinaryExpressionSyntax

        // A number divided by a vector is none of their operators.
        let isOfVectors = file.EndsWith "Kernel.cs" && node.IsKind SyntaxKind.MultiplyExpression

        if isOfVectors || not (isFit node) then
            inner
        else
            let other = SyntaxFactory.BinaryExpression(others[node.Kind()], inner.Left, inner.Right)
            let line = node.GetLocation().GetLineSpan().StartLinePosition.Line + 1
            let before = node.NormalizeWhitespace().ToString()

            let after =
                SyntaxFactory
                    .BinaryExpression(others[node.Kind()], node.Left, node.Right)
                    .NormalizeWhitespace()
                    .ToString()

            let number = changes.Count
            changes.Add { Number = number; Place = $"{file}:{line}"; Before = before; After = after }

            SyntaxFactory.ParseExpression(
                $"(global::RobustMeta.Mutant.Is({number}) ? ({other.NormalizeWhitespace()}) : ({inner.NormalizeWhitespace()}))"
            )

let rewritten =
    [
        for file in files do
            let tree = CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(root, file)))
            file, Rewriter(file).Visit(tree.GetRoot()).ToFullString()
    ]

/// Whether a change is in a file or line that was named, or none was.
let isNamed (change: Change) =
    let place = Path.GetFileName(change.Place).Replace(".cs", "")

    named.IsEmpty
    || named |> List.exists (fun name -> place = name || place.StartsWith(name + ":", StringComparison.Ordinal))

let drawn = Array.ofSeq changes
Random(seed).Shuffle drawn
let chosen = drawn |> Array.filter isNamed |> Array.skip (first - 1) |> Array.truncate count
printfn $"{changes.Count} places to change in {files.Length} files; {chosen.Length} are tried"

if isList then
    for change in chosen do
        printfn $"{change.Number} {change.Place}: {change.Before}  →  {change.After}"

    exit 0

let run (folder: string) (program: string) (variables: (string * string) list) (seconds: int) (arguments: string list) =
    let info =
        ProcessStartInfo(
            program,
            arguments,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        )

    for name, value in variables do
        info.Environment[name] <- value

    use child = Process.Start info
    let output, errors = child.StandardOutput.ReadToEndAsync(), child.StandardError.ReadToEndAsync()

    if not (child.WaitForExit(1000 * seconds)) then
        child.Kill true
        None
    else
        Some(child.ExitCode, output.Result + errors.Result)

let copy = Directory.CreateTempSubdirectory("robustmeta-mutants-").FullName
run root "bash" [] 600 [ "-c"; $"git ls-files | tar -cf - -T - | tar -xf - -C {copy}" ] |> ignore

for file, text in rewritten do
    File.WriteAllText(Path.Combine(copy, file), text)

File.WriteAllText(
    Path.Combine(copy, "RobustMeta.Core", "Runtime", "Mutant.cs"),
    $"namespace RobustMeta;\n\ninternal static class Mutant\n{{\n    private static readonly int Awake = int.TryParse(System.Environment.GetEnvironmentVariable(\"{variable}\"), out var number) ? number : -1;\n\n    public static bool Is(int number) => number == Awake;\n}}\n"
)

// Warnings of rewritten code, such as doubled parentheses, are no errors here.
match
    run
        copy
        "dotnet"
        []
        1800
        [
            "build"
            "tests/RobustMeta.Tests"
            "-c"
            "Release"
            "-v"
            "q"
            "-p:TreatWarningsAsErrors=false"
            "-p:EnforceCodeStyleInBuild=false"
        ]
with
| Some(0, _) -> ()
| Some(_, text) ->
    printfn $"the copy does not build:\n{text}"
    exit 1
| None -> exit 1

let tests = Path.Combine(copy, "tests", "RobustMeta.Tests", "bin", "Release", "net10.0", "RobustMeta.Tests")

let names =
    match run copy tests [] 120 [ "--list-tests"; "--colours"; "0" ] with
    | Some(0, text) ->
        [
            for line in text.Split '\n' do
                let name = if line.StartsWith "N " then line.Substring(2).TrimEnd() else ""

                if lists |> List.exists (fun prefix -> name.StartsWith(prefix + ".", StringComparison.Ordinal)) then
                    name
        ]
    | _ -> []

printfn $"{names.Length} tests of these rooms"

/// Whether every test of the rooms passes with a change; none is -1. One that never ends is noticed too.
let passes (number: int) =
    match run copy tests [ (variable, string number) ] 120 ("--run" :: names) with
    | Some(0, _) -> true
    | _ -> false

if not (passes -1) then
    printfn "the tests fail without any change"
    exit 1

let clock = Stopwatch.StartNew()
let mutable survivors = []
let mutable tried = 0

for change in chosen do
    tried <- tried + 1

    if passes change.Number then
        survivors <- change :: survivors
        printfn $"{tried} tried; survives: {change.Place}: {change.Before}  →  {change.After}"

printfn
    $"{tried} changes in {int clock.Elapsed.TotalSeconds} s: {tried - survivors.Length} noticed, {survivors.Length} survive"

Directory.Delete(copy, true)

/// Properties over generated cases: a failure says how to run the case again.
module RobustMeta.Tests.Properties

open System
open Expecto
open FsCheck

/// Name of the variable of the environment that holds a case to run again: SEED,GAMMA,SIZE.
[<Literal>]
let ReplayVariable = "ROBUSTMETA_REPLAY"

/// Name of the variable of the environment that holds how many times as many cases are tried as usual: a search for rare ones.
[<Literal>]
let FactorVariable = "ROBUSTMETA_CASES"

/// What generates one case.
type Seed = { Seed: uint64; Gamma: uint64; Size: int }

let private parse (text: string) =
    match text.Split ',' |> Array.map _.Trim() with
    | [| seed; gamma; size |] -> { Seed = UInt64.Parse seed; Gamma = UInt64.Parse gamma; Size = Int32.Parse size }
    | _ -> failwith $"{ReplayVariable} is '{text}'; expected SEED,GAMMA,SIZE, as a failing property prints them"

/// What ran the test: the tests of this repository, or a script with types of its user's own.
let private starter name =
    match Reflection.Assembly.GetEntryAssembly() with
    | null -> "the same script"
    | entry when entry.GetName().Name = "fsi" -> "the same script"
    | entry -> $"{entry.GetName().Name} --filter-test-case \"{name}\""

let private throwing name =
    { new IRunner with
        member _.OnStartFixture _ = ()
        member _.OnArguments(_, _, _) = ()
        member _.OnShrink(_, _) = ()

        member _.OnFinished(_, result) =
            match result with
            | TestResult.Passed _ -> ()
            | TestResult.Failed(_, _, _, _, _, rnd, size) ->
                failtest (
                    $"{Runner.onFinishedToString name result}\nTo run this case again: "
                    + $"set {ReplayVariable}={rnd.Seed},{rnd.Gamma},{size} and start {starter name} again"
                )
            | TestResult.Exhausted _ -> failtest (Runner.onFinishedToString name result)
    }

/// Checks a property, on one case that is known or on new ones.
let check (cases: int) (replay: Seed option) name (property: 'property) =
    let config =
        Config.Quick
            .WithMaxTest(cases)
            .WithQuietOnSuccess(true)
            .WithRunner(throwing name)
            .WithReplay(replay |> Option.map (fun s -> { Rnd = Rnd(s.Seed, s.Gamma); Size = Some s.Size }))

    Check.One(config, property)

let private factor () =
    match Environment.GetEnvironmentVariable FactorVariable with
    | null
    | "" -> 1
    | text -> int text

/// A test of a number of generated cases, new ones each time.
let propertyOf (cases: int) (name: string) (claim: 'claim) =
    testCase name (fun () ->
        match Environment.GetEnvironmentVariable ReplayVariable with
        | null
        | "" -> check (cases * factor ()) None name claim
        | text -> check 1 (Some(parse text)) name claim)

/// A test of a hundred generated cases.
let property name (claim: 'claim) = propertyOf 100 name claim

/// A test of one case that once failed.
let pinned (seed: Seed) (name: string) (claim: 'claim) = testCase name (fun () -> check 1 (Some seed) name claim)

/// Readers fed with changed inputs for a while: nothing but values and errors of their own kind may come of it, each within five
/// seconds. The long form takes five minutes a target; `fuzz.sh` does the same guided by coverage, with SharpFuzz and afl-fuzz.
module RobustMeta.Faults.Fuzz.FuzzTests

open System
open System.Diagnostics
open Expecto
open RobustMeta.Faults
open RobustMeta.Faults.Fuzz

let private seconds =
    match Environment.GetEnvironmentVariable "ROBUSTMETA_FUZZ_SECONDS" with
    | null
    | "" -> float (Extent.either 4 300)
    | text -> float text

[<Literal>]
let private Slowest = 5.0

let private fuzz (target: Target.Target) (seeds: byte[] list) =
    // New inputs each time in the long form, the same ones in each build.
    let seed = if Extent.isLong then Environment.TickCount else 23
    let random = Random seed
    let clock = Stopwatch.StartNew()
    let mutable executions = 0

    while clock.Elapsed.TotalSeconds < seconds do
        let bytes = Mutator.next random seeds
        let started = clock.Elapsed

        match Target.read target bytes with
        | Some error ->
            failtest $"{target.Name}: {error.GetType().Name}: {error.Message}\n{Convert.ToBase64String bytes}"
        | None -> executions <- executions + 1

        let took = (clock.Elapsed - started).TotalSeconds

        if took > Slowest then
            failtest $"{target.Name} took {took} s for {Convert.ToBase64String bytes}"

    printfn $"fuzzed {target.Name}: {executions} executions in {int seconds} s, seed {seed}"

[<Tests>]
let tests =
    testList
        "fuzz"
        [
            for target in Target.all do
                testCase target.Name
                <| fun () ->
                    let seeds = target.Seeds()

                    for seed in seeds do
                        Expect.isNone (Target.read target seed) "a seed"

                    fuzz target seeds
        ]

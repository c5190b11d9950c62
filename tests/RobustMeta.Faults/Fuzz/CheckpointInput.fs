/// Checkpoints to fuzz. Every changed bit breaks their SHA-256, behind which nothing would be tried: it is set right first, as a
/// version that saves other arrays would.
module RobustMeta.Faults.Fuzz.CheckpointInput

open System
open System.Collections.Immutable
open System.IO
open System.Security.Cryptography
open System.Text
open RobustMeta.Models
open RobustMeta.Robustness
open RobustMeta.Training

[<Literal>]
let private Identity = "fuzz"

let private key = Encoding.ASCII.GetBytes "\"sha256\":\""

/// A training of two parameters and two users.
let private training () =
    let parameters = ParameterSet [ Parameter("a", 2, 2); Parameter("b", 3) ]
    parameters, Optimizer.Of(OptimizerKind.Adam, parameters, 0.0), Reweighter.Plain [| 2; 1 |]

let private checkpoint path = Checkpoint(path, Identity, TimeSpan.Zero)

/// A saved state of it, after an epoch.
let seed (path: string) : byte[] =
    let parameters, optimizer, reweighter = training ()
    let record = EpochRecord(1, 0.1, 0.5, 0.6, 0.4, 1.0, 1.0, 0.2, 0.7, 0.1)
    let history = ImmutableList.Create(record)
    let weights = reweighter.Weights.Snapshot()
    let state = TrainingState(1, history, parameters.Snapshot(), weights, 1, 0.4)
    (checkpoint path).Keep(state, parameters, optimizer, reweighter)
    File.ReadAllBytes path

let private resealed (bytes: byte[]) =
    let copy = Array.copy bytes
    let place = copy.AsSpan().IndexOf(ReadOnlySpan key) + key.Length

    if place >= key.Length && place + 64 <= copy.Length then
        copy.AsSpan(place, 64).Fill(byte '0')
        let hash = Convert.ToHexStringLower(SHA256.HashData copy)
        Encoding.ASCII.GetBytes(hash, copy.AsSpan(place, 64)) |> ignore

    copy

/// Resumes the training from a file of these bytes, with a SHA-256 that is right.
let read (path: string) (bytes: byte[]) =
    File.WriteAllBytes(path, resealed bytes)
    (checkpoint path).Load(training ()) |> ignore

module RobustMeta.Tests.Studies.StudyClaimsTests

open System
open System.Collections.Concurrent
open System.IO
open System.Threading
open System.Threading.Tasks
open Expecto
open RobustMeta.Studies
open RobustMeta.Tests

let private names = [ for i in 1..12 -> $"piece {i}" ]

// Pieces that are done once: a second time they find it done, as runs do.
let private pieces (isDone: ConcurrentDictionary<string, bool>) (work: string -> unit) =
    [
        for name in names ->
            StudyPiece(
                name,
                fun () ->
                    if not (isDone.ContainsKey name) then
                        work name
                        isDone[name] <- true
            )
    ]

let private share (folder: string) (cancellation: CancellationToken) (pieces: StudyPiece list) =
    StudyClaims(folder).Share(pieces, null, cancellation)

[<Tests>]
let tests =
    testList
        "StudyClaims"
        [
            testCase "sharers do every piece once, nobody returns before all are done"
            <| fun () ->
                TempFolder.within (fun root ->
                    let isDone = ConcurrentDictionary<string, bool>()
                    let starts = ConcurrentBag<string>()
                    let together = new Barrier 3

                    let work name =
                        starts.Add name
                        Thread.Sleep 5

                    let sharer () =
                        together.SignalAndWait()
                        share root CancellationToken.None (pieces isDone work)
                        isDone.Count

                    let seen =
                        [| for _ in 1..3 -> Task.Factory.StartNew(sharer, TaskCreationOptions.LongRunning) |]
                        |> Task.WhenAll

                    Expect.equal seen.Result (Array.create 3 names.Length) "all done at every return"
                    Expect.equal (List.sort (List.ofSeq starts)) (List.sort names) "each begun once"
                    Expect.isEmpty (Directory.GetFiles root) "no claim is left")

            testCase "what a sharer could not finish is taken over; a claim left by a dead process binds nobody"
            <| fun () ->
                TempFolder.within (fun root ->
                    let isDone = ConcurrentDictionary<string, bool>()

                    let failing name =
                        if name = "piece 3" then
                            failwith "power cut"

                    Expect.throwsC (fun () -> share root CancellationToken.None (pieces isDone failing)) (fun error ->
                        Expect.equal error.Message "power cut" "not hidden")

                    Expect.equal (Directory.GetFiles root) [| Path.Combine(root, "piece 3") |] "its claim is there"
                    share root CancellationToken.None (pieces isDone ignore)
                    Expect.equal isDone.Count names.Length "all done"
                    Expect.isEmpty (Directory.GetFiles root) "no claim is left")

            testCase "waiting for another can be interrupted"
            <| fun () ->
                TempFolder.within (fun root ->
                    let file = Path.Combine(root, names.Head)
                    use held = new FileStream(file, FileMode.Create, FileAccess.ReadWrite, FileShare.None)
                    use source = new CancellationTokenSource()
                    let isDone = ConcurrentDictionary<string, bool>()

                    // All others are done before it waits.
                    let work name =
                        if name = List.last names then
                            source.Cancel()

                    Expect.throwsT<OperationCanceledException>
                        (fun () -> share root source.Token (pieces isDone work))
                        "ends"

                    Expect.isFalse (isDone.ContainsKey names.Head) "not done while another holds it"
                    Expect.equal isDone.Count (names.Length - 1) "the others are done"
                    Expect.isTrue held.CanWrite "still held"
                    Expect.equal (List.ofSeq (StudyClaims(root).Held())) [ names.Head ] "what is worked on is told")
        ]

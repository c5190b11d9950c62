module RobustMeta.Tests.Scripts.StandardOutputTests

open System
open System.IO
open Expecto
open RobustMeta.Scripts

/// Counts the writes that come to it.
type private Counting() =
    inherit MemoryStream()
    member val Writes = 0 with get, set

    override this.Write(buffer: byte[], offset: int, count: int) =
        this.Writes <- this.Writes + 1
        base.Write(buffer, offset, count)

[<Tests>]
let tests =
    testList
        "standard output"
        [
            // Workers write to one stream; a line of two writes could be torn by another's.
            testCase "a line is one write, whatever its length up to a pipe's"
            <| fun () ->
                use stream = new Counting()
                use writer = StandardOutput.writer stream raise
                let lines = [ ""; "MeLU: NDCG@10 0.7 on validation"; String('x', 4000) ]

                for line in lines do
                    writer.WriteLine line

                Expect.equal stream.Writes lines.Length "writes"

                let text = writer.Encoding.GetString(stream.ToArray())
                Expect.equal (text.TrimStart '\uFEFF') (String.Join("", lines |> List.map (fun l -> l + "\n"))) "text"
        ]

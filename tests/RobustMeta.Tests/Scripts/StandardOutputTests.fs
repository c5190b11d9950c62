module RobustMeta.Tests.Scripts.StandardOutputTests

open System
open System.IO
open Expecto
open RobustMeta.Scripts
open RobustMeta.Tests
open RobustMeta.Tests.Studies

/// Counts the writes that come to it.
type private Counting() =
    inherit MemoryStream()
    member val Writes = 0 with get, set
    member val Torn: string list = [] with get, set

    override this.Write(buffer: byte[], offset: int, count: int) =
        this.Writes <- this.Writes + 1

        if buffer[offset + count - 1] <> byte '\n' then
            this.Torn <- Text.Encoding.UTF8.GetString(buffer, offset, count) :: this.Torn

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

            testCase "every write of a study's commands ends with a line"
            <| fun () ->
                let output, error = Console.Out, Console.Error
                use stream = new Counting()

                TempFolder.within (fun folder ->
                    let file, out = SmallStudy.written folder "mine", Path.Combine(folder, "out")

                    try
                        Console.SetOut(StandardOutput.writer stream raise)
                        Console.SetError(StandardOutput.writer stream raise)

                        for words in
                            [
                                [ "work"; file; "shard"; "0/1" ]
                                [ "work"; file ]
                                [ file; "plan" ]
                                [ file; "status" ]
                                [ file; "pack" ]
                                [ "collect"; file ]
                                [ "cancel"; file ]
                                [ "submit"; file ]
                                [ "cancel"; file; "seeds"; "3" ]
                                [ "work"; file; "shard"; "0/1"; "seeds"; "3" ]
                            ] do
                            CommandLine.run ([ "study" ] @ words @ [ "out"; out ]) |> ignore
                    finally
                        Console.SetOut output
                        Console.SetError error)

                Expect.isGreaterThan stream.Writes 20 "all said something"
                Expect.isEmpty stream.Torn "writes"
        ]

module RobustMeta.Tests.Experiments.EventFileTests

open System
open System.IO
open Expecto
open RobustMeta.Experiments
open RobustMeta.Tests
open RobustMeta.Training

/// CRC-32C bit by bit (polynomial 0x1EDC6F41 reflected), the checksum of RFC 3720.
let private crc (bytes: byte[]) =
    let step (crc: uint32) (b: byte) =
        (crc ^^^ uint32 b, [ 1..8 ])
        ||> List.fold (fun c _ -> if c &&& 1u = 1u then (c >>> 1) ^^^ 0x82F63B78u else c >>> 1)

    ~~~(Array.fold step UInt32.MaxValue bytes)

let private masked bytes =
    let c = crc bytes
    ((c >>> 15) ||| (c <<< 17)) + 0xa282ead8u

/// The records of a file, their checksums checked.
let private records (file: byte[]) =
    let rec read (start: int) found =
        if start = file.Length then
            List.rev found
        else
            let length = int (BitConverter.ToUInt64(file, start))
            Expect.equal (BitConverter.ToUInt32(file, start + 8)) (masked file[start .. start + 7]) "of the length"
            let content = file[start + 12 .. start + 11 + length]
            Expect.equal (BitConverter.ToUInt32(file, start + 12 + length)) (masked content) "of the content"
            read (start + 16 + length) (content :: found)

    read 0 []

/// The fields of a message: number and raw value.
let private fields (message: byte[]) =
    let varint start =
        let rec go i shift value =
            let value = value ||| (uint64 (message[i] &&& 0x7Fuy) <<< shift)
            if message[i] >= 0x80uy then go (i + 1) (shift + 7) value else value, i + 1

        go start 0 0UL

    let rec read start found =
        if start = message.Length then
            List.rev found
        else
            let key, next = varint start

            let value, after =
                match key &&& 7UL with
                | 0UL -> (let value, after = varint next in BitConverter.GetBytes value, after)
                | 1UL -> message[next .. next + 7], next + 8
                | 2UL -> (let n, first = varint next in message[first .. first + int n - 1], first + int n)
                | 5UL -> message[next .. next + 3], next + 4
                | kind -> failwith $"no kind {kind}"

            read after ((int (key >>> 3), value) :: found)

    read 0 []

let private text (bytes: byte[]) = Text.Encoding.UTF8.GetString bytes
let private only number message = fields message |> List.find (fst >> (=) number) |> snd

let private history =
    [|
        EpochRecord(1, 0.1, 0.7, 0.75, 0.5, 1.0, 0.9, 2.0, nan, nan)
        EpochRecord(300, 0.05, 0.6, 0.65, 0.55, 0.8, 0.7, 1.0, 0.9, 0.25)
    |]

let private read path =
    match records (File.ReadAllBytes path) with
    | first :: events ->
        Expect.equal (text (only 3 first)) "brain.Event:2" "the version of the format"

        [
            for event in events ->
                int (BitConverter.ToUInt64(only 2 event, 0)),
                Map
                    [
                        for number, value in fields (only 5 event) do
                            if number = 1 then
                                text (only 1 value), BitConverter.ToSingle(only 2 value, 0)
                    ]
        ]
    | [] -> failtest "no record"

[<Tests>]
let tests =
    testList
        "EventFile"
        [
            testCase "the test's own checksum is that of RFC 3720"
            <| fun () -> Expect.equal (crc "123456789"B) 0xE3069283u "the check value of CRC-32C"

            testCase "an event file holds every finite number of a history, by step"
            <| fun () ->
                TempFolder.within (fun folder ->
                    let path = Path.Combine(folder, EventFile.Name)
                    EventFile.Write(path, history)
                    let found = read path
                    Expect.equal (List.map fst found) [ 1; 300 ] "steps"
                    let curves = snd found[1]
                    Expect.equal curves.Count 9 "all curves"
                    Expect.equal curves["loss/robust"] 0.65f "a loss"
                    Expect.equal curves["weights/dualityGap"] 0.25f "the gap"
                    Expect.isFalse ((snd found[0]).ContainsKey "loss/worst") "what is not known is left out"
                    let bytes = File.ReadAllBytes path
                    EventFile.Write(path, history)
                    Expect.equal (File.ReadAllBytes path) bytes "the same bytes again")
        ]

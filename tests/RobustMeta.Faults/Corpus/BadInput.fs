/// One input of the corpus: its files, and what must come of it. Nothing else may come of it: no other kind of error, not in more
/// than two seconds, not with more than 300 MB.
module RobustMeta.Faults.Corpus.BadInput

open System
open System.Diagnostics
open System.IO
open System.Text
open Expecto
open RobustMeta.Data
open RobustMeta.Settings
open RobustMeta.Tests.TempFolder

/// What must come of an input.
type Outcome =
    /// It is read: rows, users, items.
    | Reads of int * int * int
    /// The data are refused: line, column, a part of the message.
    | Refused of int * int * string
    /// The catalog or its table is refused: a part of the message.
    | Unusable of string

type Case =
    {
        Group: string
        Name: string
        /// Lines of the table of columns.
        Columns: string
        Files: (string * byte[]) list
        Outcome: Outcome
    }

let usual = "user = \"user\"\nitem = \"item\"\nrating = \"rating\"\n"
let timed = usual + "time = \"time\"\n"
let utf8 (text: string) = UTF8Encoding(false).GetBytes text

/// A file of ratings in UTF-8.
let ratings group name columns (text: string) outcome =
    { Group = group; Name = name; Columns = columns; Files = [ "r.csv", utf8 text ]; Outcome = outcome }

/// A file of ratings as bytes.
let raw group name columns (file: string) (content: byte[]) outcome =
    { Group = group; Name = name; Columns = columns; Files = [ file, content ]; Outcome = outcome }

let private catalog (columns: string) =
    $"[own]\nformat = \"delimited\"\nlabelThreshold = 4\n[own.columns]\nratings = \"r.csv\"\n{columns}\n"

let private read (root: string) (case: Case) : Outcome =
    try
        let ratings = DatasetCatalog([ root ], null).Load("own").Ratings
        Reads(ratings.Count, ratings.Users.Count, ratings.Items.Count)
    with
    | :? DataFormatException as error -> Refused(int error.Line, error.Column, error.Message)
    | :? SettingException as error -> Unusable error.Message

let private agrees (expected: Outcome) (found: Outcome) =
    match expected, found with
    | Refused(line, column, part), Refused(foundLine, foundColumn, message) ->
        line = foundLine && column = foundColumn && message.Contains(part, StringComparison.Ordinal)
    | Unusable part, Unusable message -> message.Contains(part, StringComparison.Ordinal)
    | Reads(a, b, c), Reads(d, e, f) -> (a, b, c) = (d, e, f)
    | _ -> false

/// One line, of a length that a terminal shows.
let private isOneLine (outcome: Outcome) =
    match outcome with
    | Refused(_, _, message)
    | Unusable message -> not (message.Contains '\n') && message.Length < 1500
    | Reads _ -> true

/// Runs a case, and says how its outcome differs from the expected one; empty where it does not.
let run (case: Case) : string option =
    let mutable wrong = None

    within (fun root ->
        write (catalog case.Columns) (Path.Combine(root, "catalog.toml"))

        for file, content in case.Files do
            writeBytes content (Path.Combine(root, "own", file))

        let before = GC.GetAllocatedBytesForCurrentThread()
        let seconds () = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds
        let started = seconds ()

        let found =
            try
                Ok(read root case)
            with error ->
                Error $"{error.GetType().Name}: {error.Message}"

        let megabytes = (GC.GetAllocatedBytesForCurrentThread() - before) >>> 20

        wrong <-
            match found with
            | Error text -> Some text
            | Ok outcome when not (agrees case.Outcome outcome) -> Some $"expected {case.Outcome}, found {outcome}"
            | Ok outcome when not (isOneLine outcome) -> Some $"not one line: {outcome}"
            // Of the processor: the machine may be busy with other things.
            | Ok _ when seconds () - started > 2.0 -> Some $"it took {seconds () - started} s"
            | Ok _ when megabytes > 300L -> Some $"it took {megabytes} MB"
            | Ok _ -> None)

    wrong

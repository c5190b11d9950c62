/// How a file of ratings is written, as settings of the commands that read one outside of a catalog.
module RobustMeta.Scripts.Serving.RatedFileSettings

open System
open RobustMeta.Data
open RobustMeta.Serving
open RobustMeta.Settings

/// Names of the settings; their meanings are those of a catalog.
let keys =
    [
        "userColumn"
        "itemColumn"
        "ratingColumn"
        "separator"
        "header"
        "quoted"
        "lineBreaks"
        "encoding"
        "decimal"
        "missing"
    ]

let private wrong name value expected = raise (SettingException $"{name} is '{value}'; expected {expected}")

let private oneOf (name: string) (values: (string * 'a) list) (text: string) : 'a =
    match values |> List.tryFind (fst >> (=) text) with
    | Some(_, value) -> value
    | None ->
        let names = String.Join(" or ", values |> List.map fst)
        wrong name text names

let private flag name = oneOf name [ "true", Nullable true; "false", Nullable false ]

let private filled name expected (text: string) = if text = "" then wrong name text expected else text

let private encodings = [ "utf8", TextEncoding.Utf8; "latin1", TextEncoding.Latin1; "utf16", TextEncoding.Utf16 ]

/// The file with the settings that are given.
let file (path: string) (settings: Map<string, string>) : RatedFile =
    FilledWord.Require(path, "a file of ratings")
    let given name read fallback = settings.TryFind name |> Option.map (read name) |> Option.defaultValue fallback
    let column name = given name (fun name text -> Some(filled name "a header, or a position from 1" text)) None
    let flag name = given name flag (Nullable())
    let separator = given "separator" (fun name text -> Some(filled name "what stands between two fields" text)) None

    let dialect =
        FileDialect(
            Separator = Option.toObj separator,
            Header = flag "header",
            Quoted = flag "quoted",
            LineBreaks = (flag "lineBreaks").GetValueOrDefault(),
            Encoding = given "encoding" (fun name -> oneOf name encodings) TextEncoding.Utf8,
            Decimal = given "decimal" (fun name -> oneOf name [ ".", '.'; ",", ',' ]) '.',
            Missing = (settings.TryFind "missing" |> Option.map Array.singleton |> Option.toObj)
        )

    RatedFile(
        path,
        User = Option.toObj (column "userColumn"),
        Item = Option.toObj (column "itemColumn"),
        Rating = Option.toObj (column "ratingColumn"),
        Dialect = dialect,
        Note = Action<string>(eprintfn "note: %s")
    )

/// Refuses these settings where no file of ratings is read.
let requireNone (settings: Map<string, string>) =
    match keys |> List.tryFind settings.ContainsKey with
    | Some name ->
        raise (SettingException $"{name} says how the file of ratings is written, and there is none: ratings FILE")
    | None -> ()

/// The words of `study`: its verbs, where they may stand, and what else belongs to which of them.
module RobustMeta.Scripts.StudyWords

open System
open RobustMeta.Settings
open RobustMeta.Studies

/// Verbs of one process.
let ofOne = [ "run"; "report"; "status"; "plan"; "probe"; "export"; "pack" ]

let private ofSubmit =
    [ "engine"; "workers"; "atOnce"; "threads"; "memory"; "minutes"; "hosts"; "image"; "claim" ]

/// Verbs of many processes, each with the words that it has itself.
let ofMany =
    [
        "work", [ "shard" ]
        "submit", ofSubmit
        "retry", ofSubmit
        "cancel", []
        "collect", [ "to" ]
        "simulate", [ "nodes"; "cores"; "minutes"; "runs" ]
    ]

/// All verbs.
let verbs = ofOne @ List.map fst ofMany

/// Whether a verb is one of many processes.
let isOfMany (verb: string) = ofMany |> List.exists (fst >> (=) verb)

/// The words of a verb of many processes beside those that all have.
let ownOf (verb: string) = ofMany |> List.find (fst >> (=) verb) |> snd

/// Words of all verbs before a value; all others are settings of the runs.
let places = [ "out"; "to"; "from"; "variant" ]

/// What names a study: of the project, or a file.
let isStudy (word: string) =
    word.EndsWith(".toml", StringComparison.OrdinalIgnoreCase) || List.contains word (Study.names ())

let private valued = places @ List.ofSeq StudyOverrides.Keys @ List.collect snd ofMany |> List.distinct

/// The message about a last word that is no verb and has no value.
let withoutValue (word: string) =
    if List.contains word valued then
        SettingException $"'{word}' has no value; expected {word} VALUE"
    else
        let nearest = NearestName.End(word, "quick" :: verbs)
        SettingException $"'{word}' has no value, and is no verb{nearest} 'study help' lists the verbs"

type private Part =
    | Name of string
    | Verb of string
    | Others of string list

// By the grammar: names and verbs stand alone, and so does `quick`; all else is a word and its value. After the name of the study, names of
// others are words like any: some settings are called like studies.
let rec private parts isNamed (words: string list) =
    match words with
    | [] -> []
    | word :: rest when List.contains word verbs -> Verb word :: parts isNamed rest
    | word :: rest when not isNamed && isStudy word -> Name word :: parts true rest
    | "quick" :: rest -> Others [ "quick" ] :: parts isNamed rest
    | [ word ] -> [ Others [ word ] ]
    | key :: value :: rest -> Others [ key; value ] :: parts isNamed rest

let private requireOne (name: string) (found: string list) =
    match List.distinct found with
    | first :: second :: _ ->
        raise (
            SettingException
                $"'{first}' and '{second}' are two verbs, and a command has one: study {name} {first}, then study {name} {second}"
        )
    | _ -> ()

// A word that another verb has, and that is no setting of runs.
let private requireOwn (name: string) (verb: string option) (words: string list) =
    let own = verb |> Option.filter isOfMany |> Option.map ownOf |> Option.defaultValue []

    for word in words do
        let owners = ofMany |> List.filter (snd >> List.contains word) |> List.map fst

        // An engine of gradients is a setting.
        if not owners.IsEmpty && not (List.contains word (own @ "engine" :: places)) then
            let all = String.Join(", ", owners)
            let here = verb |> Option.map (fun verb -> $"'{verb}'") |> Option.defaultValue "a study without a verb"

            raise (
                SettingException
                    $"'{word}' belongs to {all}, not to {here}; leave it out, or write study {owners.Head} {name} {word} VALUE"
            )

// A word that the verb takes for itself; others are the study's, which says so itself.
let private requireOnce (verb: string option) (parts: string list list) =
    let own = verb |> Option.filter isOfMany |> Option.map ownOf |> Option.defaultValue []

    match
        parts
        |> List.map List.head
        |> List.countBy id
        |> List.tryFind (fun (word, count) -> count > 1 && List.contains word own)
    with
    | Some(word, _) -> raise (SettingException $"{word} is given twice.")
    | None -> ()

// A word before a study's name that is neither a verb nor a study.
let private refuseVerb (words: string list) =
    match words with
    | verb :: name :: _ when isStudy name ->
        let all = String.Join(", ", verbs)

        raise (
            SettingException
                $"'{verb}' before '{name}' is no verb of study{NearestName.End(verb, verbs)} Verbs: {all}; or none of them"
        )
    | _ -> ()

/// The words after `study` with the verb, if there is one, and the study's name in front: `work NAME …` of verbs of many processes,
/// `NAME plan …` of others. They may stand anywhere between pairs of words.
let arranged (words: string list) : string list =
    let found = parts false words

    let given =
        found
        |> List.choose (function
            | Verb verb -> Some verb
            | _ -> None)

    match
        found
        |> List.tryPick (function
            | Name name -> Some name
            | _ -> None),
        words
    with
    | Some name, _ ->
        let others =
            found
            |> List.choose (function
                | Others words -> Some words
                | _ -> None)

        requireOne name given
        requireOwn name (List.tryHead given) [ for part in others -> part.Head ]

        requireOnce (List.tryHead given) others

        for part in others do
            match part with
            | [ word ] when word <> "quick" -> raise (withoutValue word)
            | _ -> ()

        match given with
        | verb :: _ when isOfMany verb -> verb :: name :: List.concat others
        | verb :: _ -> name :: verb :: List.concat others
        | [] -> name :: List.concat others
    // A name that no study has is told by the command.
    | None, verb :: name :: rest when List.contains verb ofOne && not (List.contains name verbs) -> name :: verb :: rest
    | None, name :: verb :: rest when isOfMany verb && not (isOfMany name) -> verb :: name :: rest
    | None, _ ->
        refuseVerb words
        words

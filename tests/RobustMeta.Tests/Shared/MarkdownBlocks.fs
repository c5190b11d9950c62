/// The code blocks of the README and of the guide, each with where it stands, so that tests can run them.
module RobustMeta.Tests.MarkdownBlocks

open System
open System.IO
open System.Text.RegularExpressions

/// A fenced block of code.
type Block =
    {
        /// Path from the root of the repository, with `/`.
        Page: string
        /// Number of the first line of code, from 1.
        Line: int
        /// The word behind the fence, e.g. `fsharp`; empty where there is none.
        Language: string
        /// What the comment `<!-- test: … -->` on the line before the fence says; empty where there is none.
        Marker: string
        Code: string list
    }

    member this.Place = $"{this.Page}:{this.Line}"
    member this.Text = String.Join('\n', this.Code) + "\n"

    /// A block that a test leaves out. Its marker says why: `<!-- test: skip, needs a download -->`.
    member this.IsSkipped = this.Marker.StartsWith "skip, "

    /// A block that runs as it is, without what a test of its own prepares.
    member this.IsPlain = this.Marker = ""

/// The root of the repository.
let root =
    let rec up (folder: string) =
        if File.Exists(Path.Combine(folder, "RobustMeta.sln")) then
            folder
        else
            match Path.GetDirectoryName folder with
            | null -> failwith $"No folder above {AppContext.BaseDirectory} has RobustMeta.sln."
            | parent -> up parent

    up AppContext.BaseDirectory

/// Path from the root, with `/`.
let relative (path: string) = Path.GetRelativePath(root, path).Replace('\\', '/')

/// README, CHANGELOG, the data sets' page and all pages below docs/, without what the site's builder makes there.
let pages =
    let top = [ for name in [ "README.md"; "CHANGELOG.md"; "data/README.md" ] -> Path.Combine(root, name) ]
    let isMade (name: string) = name.StartsWith "docs/_site/" || name.StartsWith "docs/api/"

    let docs =
        Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories)
        |> Seq.filter (relative >> isMade >> not)
        |> Seq.sort
        |> List.ofSeq

    top @ docs

/// Pages whose blocks are run; those of docs/results hold the settings of finished studies.
let private isRun (path: string) =
    let name = relative path
    not (name.StartsWith "docs/results/") && name <> "CHANGELOG.md"

let private fence = Regex @"^\s*```(\w*)\s*$"
let private marker = Regex @"^\s*<!-- test: (.*?) -->\s*$"

let private blocksOf (path: string) =
    let lines = File.ReadAllLines path
    let isFence (line: string) = line.TrimStart().StartsWith "```"

    let rec read (at: int) =
        [
            if at < lines.Length then
                if isFence lines[at] then
                    let finish =
                        Seq.init (lines.Length - at - 1) (fun i -> at + 1 + i) |> Seq.find (fun i -> isFence lines[i])

                    let above = if at > 0 then marker.Match lines[at - 1] else Match.Empty

                    {
                        Page = relative path
                        Line = at + 2
                        Language = (fence.Match lines[at]).Groups[1].Value
                        Marker = above.Groups[1].Value
                        Code = List.ofArray lines[at + 1 .. finish - 1]
                    }

                    yield! read (finish + 1)
                else
                    yield! read (at + 1)
        ]

    read 0

/// All blocks of the pages whose blocks are run.
let all = lazy (pages |> List.filter isRun |> List.collect blocksOf)

/// The blocks of one language that are to be run.
let inLanguage (language: string) = all.Value |> List.filter (fun b -> b.Language = language && not b.IsSkipped)

/// Replaces long runs by short ones: one epoch, few users, one seed; a data set that is not on this machine by the
/// generated one.
let quick (code: string) =
    let few (pattern: string) (number: string) (text: string) =
        Regex.Replace(
            text,
            pattern + @"(""?\s*[ ,=]\s*""?)\d+",
            fun m -> m.Groups[1].Value + m.Groups[2].Value + number
        )

    let isHere name =
        match RealData.root with
        | Some folder -> Directory.Exists(Path.Combine(folder, name))
        | None -> false

    let code = code |> few @"\b([Ee]poch)" "1" |> few @"\b([Uu]serNum)" "150"

    [ "ml-100k"; "ml-1m"; "jester-1" ]
    |> List.filter (isHere >> not)
    |> List.fold (fun (text: string) name -> Regex.Replace(text, $@"\b{name}\b", "synthetic")) code

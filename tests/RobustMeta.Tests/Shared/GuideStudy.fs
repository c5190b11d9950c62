/// What the blocks of the guide need that are about a finished study: a small one in place of the study that the page names.
module RobustMeta.Tests.GuideStudy

open System.IO
open System.Text.RegularExpressions
open Expecto
open RobustMeta.Scripts
open RobustMeta.Tests

/// The marker of such blocks: `<!-- test: finished study -->`.
[<Literal>]
let Marker = "finished study"

/// A command with the small study in place of the page's. Engines that start programs become the one that writes a file.
let fill (line: string) =
    let line = Regex.Replace(line, @"\b(FILE\.toml|robustness quick)(?= |$)", "sample.toml")
    Regex.Replace(line, @"\bengine (local|parallel|slurm)\b", "engine kubernetes").Replace(" hosts hosts.txt", "")

/// Runs the small study in the current folder.
let prepare (folder: string) =
    let text = StudySample.text.Replace("epoch = 3", "epoch = 1")
    TempFolder.write text (Path.Combine(folder, "sample.toml"))
    Expect.equal (CommandLine.run [ "study"; "sample.toml"; "run" ]) 0 "the study of the guide"

/// pdflatex, for tests of LaTeX; tests are skipped where it is not installed.
module RobustMeta.Tests.Scripts.Pdflatex

open System
open System.IO
open Expecto

/// Compiles the `paper.tex` of a folder: exit code and what was said.
let compile (folder: string) =
    let start =
        Diagnostics.ProcessStartInfo(
            "pdflatex",
            [ "-no-shell-escape"; "-interaction=nonstopmode"; "-halt-on-error"; "paper.tex" ],
            WorkingDirectory = folder,
            RedirectStandardOutput = true
        )

    use running = Diagnostics.Process.Start start
    let said = running.StandardOutput.ReadToEnd()
    running.WaitForExit()
    running.ExitCode, said

/// Whether a program can be started here.
let private isInstalled (program: string) =
    (Environment.GetEnvironmentVariable "PATH").Split Path.PathSeparator
    |> Array.exists (fun folder -> File.Exists(Path.Combine(folder, program)))

/// Skips a test where no pdflatex is installed.
let require () =
    if not (isInstalled "pdflatex") then
        skiptest "pdflatex is not installed (texlive-latex-base, texlive-latex-recommended, texlive-science, lmodern)"

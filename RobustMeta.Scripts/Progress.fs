/// Progress of a training: a bar on a terminal, one line per epoch otherwise.
module RobustMeta.Scripts.Progress

open System
open System.Globalization
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Robustness
open RobustMeta.Training

let private text (method: string) (epochs: int) (metric: string) (hasAdversary: bool) (record: EpochRecord) =
    let number (x: float) = x.ToString("F4", CultureInfo.InvariantCulture)
    // Without an adversary both losses are one.
    let robust = if hasAdversary then $"  robust loss {number record.RobustLoss}" else ""

    $"{method}  epoch {record.Epoch}/{epochs}  loss {number record.MeanLoss}{robust}  "
    + $"validation {metric} {number record.Validation}"

let private bar (epochs: int) (epoch: int) =
    let width = 24
    let full = width * epoch / max 1 epochs
    String('#', full) + String('.', width - full)

// The columns of an epoch's line are explained once for each form of it, before the first.
let private explained = System.Collections.Generic.HashSet<bool>()

/// Reports epochs on the caller's thread: a second thread beside libtorch would endanger its scalars.
type private Reporter(method: string, epochs: int, metric: string, hasAdversary: bool) =
    let onTerminal = not Console.IsOutputRedirected

    let explain () =
        if explained.Add hasAdversary then
            let robust =
                if hasAdversary then
                    " robust loss, the mean by the adversary's weights;"
                else
                    ""

            Console.WriteLine $"each epoch: loss, the mean over users;{robust} {metric} on the validation users"

    interface IProgress<EpochRecord> with
        member _.Report record =
            explain ()
            let line = text method epochs metric hasAdversary record

            if onTerminal then
                let room = max 20 (Console.WindowWidth - 1)
                let shown = $"[{bar epochs record.Epoch}] {line}"
                Console.Write("\r" + shown.Substring(0, min room shown.Length).PadRight room)

                if record.Epoch = epochs then
                    Console.WriteLine()
            else
                Console.WriteLine line

/// Progress of one method's training.
let reporter (name: string) (method: MetaMethodSpec) (metric: string) : IProgress<EpochRecord> =
    Reporter(name, method.Training.Epoch, metric, method.Robustness.Levels <> WeightLevels.None)

/// Ends the bar's line, where training stopped before its last epoch.
let finish (stoppedEarly: bool) =
    if stoppedEarly && not Console.IsOutputRedirected then
        Console.WriteLine()

/// Progress of a download, in whole megabytes: one line that is overwritten on a terminal, silence otherwise. Another
/// host than the catalog names is said in either case.
let download () : IProgress<DownloadProgress> =
    let mutable shown = -1L
    let mutable told = false

    { new IProgress<DownloadProgress> with
        member _.Report state =
            if not told && not (isNull state.RedirectedTo) then
                told <- true

                StandardOutput.errorLine
                    $"note: {state.File} comes from {state.RedirectedTo}, to which the catalog's address redirects"

            let megabytes = state.Bytes >>> 20

            if not Console.IsOutputRedirected && megabytes > shown then
                shown <- megabytes

                let total =
                    match Option.ofNullable state.Total with
                    | Some bytes -> $" of {bytes >>> 20}"
                    | None -> ""

                Console.Write $"\r{state.File}: {megabytes}{total} MB "
    }

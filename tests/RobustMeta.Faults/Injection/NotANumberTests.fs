/// Numbers that are none, planted where a run reads: they end it with an error that names them, and reach no result.
module RobustMeta.Faults.Injection.NotANumberTests

open System
open System.IO
open Expecto
open RobustMeta.Data
open RobustMeta.Experiments
open RobustMeta.Models
open RobustMeta.Serving
open RobustMeta.Tasks
open RobustMeta.Training
open RobustMeta.Tests.TempFolder
open RobustMeta.Tests.TinyRun

/// A method whose scores for one user are no numbers.
type private Planted(value: float32) =
    interface IPredictor with
        member _.Name = "planted"
        member _.ScoresAreLabels = true

        member _.Predict batch =
            let scores = Array.zeroCreate batch.QueryItems.Length
            scores[scores.Length / 2] <- value
            scores

/// Replaces an array of a file by one with a value planted into it; whoever wrote the file meant it, as far as its form goes.
let private plant (path: string) (value: float32) =
    let arrays = SafetensorsFile.Load path

    let name =
        arrays.Names |> Seq.find (fun name -> name.Contains "item" || name.Contains "weight" || name.Contains "0")

    let values = arrays.Single name |> Array.copy
    values[values.Length / 2] <- value
    arrays.Replace(name, values, Array.ofSeq (arrays.ShapeOf name))
    arrays.Save path

[<Tests>]
let tests =
    testList
        "numbers that are none"
        [
            for value in [ Single.NaN; Single.PositiveInfinity; Single.NegativeInfinity ] do
                testCase $"a score of {value} ends the measurement and names user and item"
                <| fun () ->
                    Expect.throwsC (fun () -> prepared.Value.Evaluate(Planted value) |> ignore) (fun error ->
                        Expect.stringContains error.Message $"{value}" "the score"
                        Expect.stringContains error.Message "diverged" "why")

            testCase "weights of a finished run with a NaN in them are not served"
            <| fun () ->
                within (fun root ->
                    let folder = RunFolder(root, spec)
                    folder.Write(prepared.Value, ExperimentRunner.Run(prepared.Value, spec))
                    plant (Path.Combine(folder.Path, "model.safetensors")) Single.NaN

                    Expect.isFalse (RunFolder(root, spec).IsDone) "the manifest knows"

                    Expect.throwsC (fun () -> ColdStartModel.Load folder.Path |> ignore) (fun error ->
                        Expect.stringContains error.Message "model.safetensors" "names the file"))

            testCase "a rating that is no number is refused with its line"
            <| fun () ->
                within (fun root ->
                    for text in [ "NaN"; "nan"; "inf"; "-Infinity"; "∞" ] do
                        write $"user,item,rating\nu,a,5\nu,b,{text}\n" (Path.Combine(root, "r.csv"))

                        Expect.throwsC
                            (fun () -> DelimitedFiles.Read("x", root, DelimitedSpec(Ratings = "r.csv")) |> ignore)
                            (fun error -> Expect.stringContains error.Message "line 3" text))

            testCase "a checkpoint with a NaN in its parameters is set aside, and the training ends with the same bytes"
            <| fun () ->
                within (fun root ->
                    let long = spec.With(struct ("epoch", "3"))
                    let whole = ExperimentRunner.Run(prepared.Value, long)
                    let folder = RunFolder(root, long)
                    let checkpoint () = folder.Checkpoint(prepared.Value, TimeSpan.Zero)
                    use stop = new Threading.CancellationTokenSource()

                    let progress =
                        { new IProgress<EpochRecord> with
                            member _.Report record =
                                if record.Epoch = 1 then
                                    stop.Cancel()
                        }

                    Expect.throwsC
                        (fun () ->
                            ExperimentRunner.Run(prepared.Value, long, checkpoint (), progress, stop.Token) |> ignore)
                        ignore

                    let files = Directory.GetFiles(folder.Path, "checkpoint*.safetensors")
                    Expect.isNonEmpty files "a checkpoint"

                    for file in files do
                        plant file Single.NaN

                    let again = ExperimentRunner.Run(prepared.Value, long, checkpoint ())
                    Expect.equal (List.ofSeq again.Users) (List.ofSeq whole.Users) "users")
        ]

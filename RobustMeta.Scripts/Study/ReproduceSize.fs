namespace RobustMeta.Scripts

open RobustMeta.Data
open RobustMeta.Studies

/// How much of the analysis is made anew.
type ReproduceSize =
    /// Every study in a small form, in minutes. Its numbers show that all works, not which method is best.
    | Quick
    /// The whole grid of the study files.
    | Paper

/// The studies of the analysis at a size.
[<RequireQualifiedAccess>]
module ReproduceSize =
    /// The studies in the order of the report.
    let studies =
        [
            "overall"
            "ablation"
            "sensitivity"
            "convergence"
            "weights"
            "radius"
            "sets"
            "order"
            "quadrants"
            "noise"
            "cost"
        ]

    let private small epochs users =
        [
            struct ("userNum", string users)
            struct ("epoch", string epochs)
            struct ("hiddenDim1", "16")
            struct ("hiddenDim2", "16")
            struct ("embeddingDim", "8")
        ]

    let private quickPart (name: string) =
        let size = if name = SyntheticRatings.Name then small 6 400 else small 5 943
        NamedSettings(name, [| struct ("dataset", name); yield! size |])

    let private isHere (name: string) =
        name = SyntheticRatings.Name || not (isNull (DatasetCatalog.Default.TryLocate name))

    /// The data sets of a quick reproduction: those given, else the synthetic world and, where it is found, ML-100K.
    let quickData (given: string list) =
        if given.IsEmpty then
            [ SyntheticRatings.Name; "ml-100k" ] |> List.filter isHere
        else
            given

    let private quick (data: string list) (name: string) : StudySpec =
        StudyFile.Read(Study.fileOf name, "quick").On [| for d in quickData data -> quickPart d |]

    let private paper (data: string list) (name: string) : StudySpec option =
        let spec = StudyFile.Read(Study.fileOf name)
        let own = [ for d in spec.Data -> d.Name ]
        let wanted = if data.IsEmpty then own else List.filter (fun d -> List.contains d data) own

        if wanted.IsEmpty then
            None
        else
            Some(spec.With [| struct ("data", String.concat "," wanted) |])

    /// The studies at a size on the given data sets (none: those of the study files); a study that has none of them is left out.
    let specs (size: ReproduceSize) (data: string list) : StudySpec list =
        match size with
        | Quick -> List.map (quick data) studies
        | Paper -> List.choose (paper data) studies

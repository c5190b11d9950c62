namespace RobustMeta.Scripts

open RobustMeta.Studies

/// What the tables and figures of a study are made of; what few of them need is read when it is asked for.
type StudySource =
    {
        Spec: StudySpec
        /// Settings that the runs were given beside the study file, which win over it.
        Given: (string * string) list
        /// The cells of which anything is complete.
        Cells: CellSummary list
        Histories: Lazy<PooledHistory list>
        Weights: Lazy<MethodWeights list>
        Costs: Lazy<MethodCost list>
        /// With which vector widths the reported runs were computed.
        Widths: Lazy<VectorWidths>
        /// How many of the study's runs are there, and which are damaged; none of a packed summary.
        Coverage: StudyCoverage option
    }

/// Reading what a study is made of.
[<RequireQualifiedAccess>]
module StudySource =
    let private pairs (settings: struct (string * string) seq) = [ for struct (key, value) in settings -> key, value ]

    /// What is there of a study.
    let read (spec: StudySpec) (store: StudyStore) : StudySource =
        let coverage = StudyCoverage()

        {
            Spec = spec
            Given = pairs spec.Overrides
            Coverage = Some coverage
            Cells = [ for cell in CellReader(spec, store, coverage).ReadAll() -> CellSummary.Of cell ]
            Histories = lazy (List.ofSeq (PooledHistory.Of(StudyHistory.Read(spec, store))))
            Weights = lazy (List.ofSeq (MethodWeights.Of(StudyWeights.Read(spec, store))))
            Widths = lazy (VectorWidths.Of(StudyResults.Folders(spec, store)))
            Costs = lazy (List.ofSeq (MethodCost.Of(StudyResults.Read(spec, store))))
        }

    /// The same of a summary in a folder, as `study NAME pack` writes it.
    let unpack (spec: StudySpec) (folder: string) : StudySource =
        let summary = StudySummary.Read(spec, folder)

        if not (StudySummary.IsSealed folder) then
            StandardOutput.errorLine
                $"note: {folder} has no list of its files ('done'), as packs of earlier versions: whether they were changed since is not known"

        {
            Spec = spec
            Given = summary.Overrides |> Option.ofObj |> Option.map pairs |> Option.defaultValue []
            Cells = List.ofSeq summary.Cells
            Histories = lazy (List.ofSeq summary.Histories)
            Weights = lazy (List.ofSeq summary.Weights)
            Widths = lazy (VectorWidths.Of [])
            Coverage = None
            Costs = lazy (List.ofSeq (StudySummary.ReadCosts(spec, folder)))
        }

namespace RobustMeta.Scripts

open RobustMeta.Studies

/// What the tables and figures of a study are made of; what few of them need is read when it is asked for.
type StudySource =
    {
        Spec: StudySpec
        /// The cells of which anything is complete.
        Cells: CellResult list
        Histories: Lazy<PooledHistory list>
        Weights: Lazy<StudyWeights list>
        Costs: Lazy<MethodCost list>
    }

/// Reading what a study is made of.
[<RequireQualifiedAccess>]
module StudySource =
    /// What is there of a study.
    let read (spec: StudySpec) (store: StudyStore) : StudySource =
        {
            Spec = spec
            Cells = List.ofSeq (CellReader(spec, store).ReadAll())
            Histories = lazy (List.ofSeq (PooledHistory.Of(StudyHistory.Read(spec, store))))
            Weights = lazy (List.ofSeq (StudyWeights.Read(spec, store)))
            Costs = lazy (List.ofSeq (MethodCost.Of(StudyResults.Read(spec, store))))
        }

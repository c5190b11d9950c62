/// Tables about many machines.
module RobustMeta.Scripts.WorkTables

open System
open System.Globalization
open RobustMeta.Studies.Workers

// Assumed, on the careful side: a worker's start to its first run, its work at the shared folder for one run, a stay in the queue.
let private startSeconds, runSeconds, queueSeconds = 10.0, 0.5, 60.0

/// What a study takes on numbers of nodes, simulated from measured times of runs.
let simulation (seconds: float seq) (nodes: int list) (cores: int) (minutes: int) : Table =
    let seconds = Array.ofSeq seconds

    let row (count: int) =
        let simulated =
            StudySimulation(
                count * cores,
                StartSeconds = startSeconds,
                RunSeconds = runSeconds,
                LimitSeconds = 60.0 * float minutes,
                QueueSeconds = queueSeconds
            )
                .Of
                seconds

        [
            Cell.count count
            Cell.count (count * cores)
            Cell.text (StudyCommand.time simulated.Makespan)
            Cell.text ((100.0 * simulated.Efficiency).ToString("F0", CultureInfo.InvariantCulture) + " %")
            Cell.count simulated.Restarts
        ]

    let alone = StudyCommand.time (TimeSpan.FromSeconds(Array.sum seconds))

    Table.make
        "simulation"
        $"{CellText.whole (int64 seconds.Length)} runs, {alone} in one process, simulated"
        [
            Column.whole "nodes"
            Column.whole "workers"
            Column.words "time"
            Column.words "busy"
            Column.whole "restarts"
        ]
        (List.map row nodes)

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
            Cell.text (string count)
            Cell.text (string (count * cores))
            Cell.text (StudyCommand.time simulated.Makespan)
            Cell.text ((100.0 * simulated.Efficiency).ToString("F0", CultureInfo.InvariantCulture) + " %")
            Cell.text (string simulated.Restarts)
        ]

    let alone = StudyCommand.time (TimeSpan.FromSeconds(Array.sum seconds))

    Table.make
        "simulation"
        $"{seconds.Length} runs, {alone} in one process, simulated"
        [ for name in [ "nodes"; "workers"; "time"; "busy"; "restarts" ] -> Column.words name ]
        (List.map row nodes)

module RobustMeta.Scripts.Program

[<EntryPoint>]
let main _ = 0

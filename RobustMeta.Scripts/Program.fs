module RobustMeta.Scripts.Program

[<EntryPoint>]
let main words = CommandLine.main words

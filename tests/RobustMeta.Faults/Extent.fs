/// How much is tried: a few minutes in every build, hours where ROBUSTMETA_FAULTS is `long`.
module RobustMeta.Faults.Extent

open System

let isLong = Environment.GetEnvironmentVariable "ROBUSTMETA_FAULTS" = "long"

/// One number for every build, another for the long form.
let either (short: int) (long: int) = if isLong then long else short

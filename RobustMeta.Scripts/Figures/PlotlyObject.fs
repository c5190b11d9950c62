/// Objects of plotly.js's own schema, as Plotly.NET carries them.
[<RequireQualifiedAccess>]
module internal RobustMeta.Scripts.PlotlyObject

open DynamicObj
open Plotly.NET

/// A trace before it is made: its type and its fields.
type TraceFields = string * (string * obj) list

/// An object of named fields.
let fields (pairs: (string * obj) list) =
    let target = DynamicObj()

    for name, value in pairs do
        target.SetProperty(name, value)

    target

/// A trace of a type, e.g. `scatter`.
let trace (kind: string) (pairs: (string * obj) list) : Trace =
    let target = Trace kind

    for name, value in pairs do
        target.SetProperty(name, value)

    target

/// A layout.
let layout (pairs: (string * obj) list) : Layout =
    let target = Layout()

    for name, value in pairs do
        target.SetProperty(name, value)

    target

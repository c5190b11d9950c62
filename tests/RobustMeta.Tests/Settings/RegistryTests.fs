module RobustMeta.Tests.Settings.RegistryTests

open System.Reflection
open Expecto
open RobustMeta.Settings

[<AbstractClass>]
type Shape(name: string) =
    member _.Name = name

type Circle() =
    inherit Shape("circle")

type Square() =
    inherit Shape("square")

type Sized(name: string) =
    inherit Shape(name)

let private registry builtIn = Registry<Shape>("shape", (fun shape -> shape.Name), builtIn)

let private messageOf (action: unit -> unit) =
    try
        action ()
        ""
    with error ->
        error.Message

[<Tests>]
let tests =
    testList
        "Registry"
        [
            testCase "an added kind is named like a built-in one"
            <| fun () ->
                let shapes = registry [ Circle() ]
                shapes.Add(Sized "triangle")
                Expect.equal (shapes.Named "Triangle").Name "triangle" "names do not distinguish case"
                Expect.sequenceEqual shapes.All.Keys [ "circle"; "triangle" ] "all, in order of the names"

            testCase "every class of an assembly that needs no argument is an example"
            <| fun () ->
                let shapes = registry []
                shapes.AddFrom(Assembly.GetExecutingAssembly())
                Expect.sequenceEqual shapes.All.Keys [ "circle"; "square" ] "those with a parameterless constructor"

            testCase "a second kind of one name is refused, and may replace the first"
            <| fun () ->
                let shapes = registry [ Circle() ]
                let message = messageOf (fun () -> shapes.Add(Sized "circle"))
                Expect.stringContains message "There is a shape 'circle' already" "names the clash"
                shapes.Replace(Sized "circle")
                Expect.isTrue (shapes.Named "circle" :? Sized) "replaced"

            testCase "an assembly of which one kind clashes adds none"
            <| fun () ->
                let shapes = registry [ Sized "square" ]
                let message = messageOf (fun () -> shapes.AddFrom(Assembly.GetExecutingAssembly()))
                Expect.stringContains message "'square' already" "names the clash"
                Expect.sequenceEqual shapes.All.Keys [ "square" ] "as before"

            testCase "a name that specs and result files cannot hold is refused"
            <| fun () ->
                for name in [ ""; "a,b"; "a@3"; "two words"; "a\nb"; "a/b"; "\"" ] do
                    let shapes = registry []
                    let message = messageOf (fun () -> shapes.Add(Sized name))
                    Expect.stringContains message "cannot name a shape; expected letters" $"'{name}'"
                    Expect.isEmpty shapes.All "nothing is added"

            testCase "an unknown name is refused with the nearest and all others"
            <| fun () ->
                let shapes = registry [ Circle(); Square() ]
                let message = messageOf (fun () -> shapes.Named "sqare" |> ignore)

                Expect.equal
                    message
                    "There is no shape 'sqare'; did you mean 'square'? Shapes: circle, square"
                    "the message"
        ]

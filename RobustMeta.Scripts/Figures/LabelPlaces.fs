/// Places for words near points: no word covers another, a point or the line that leads from another word to its point. In pixels.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.LabelPlaces

/// A word, its width and the point that it names.
type Label =
    {
        Point: float * float
        Width: float
        /// How far from its point it may stand: a far word needs a line to it.
        Reach: float
    }

/// Where a word stands: its middle, and where the line to its point ends.
type Place = { Middle: float * float; LineEnd: float * float }

// A line of words, and half the room of a point.
[<Literal>]
let private Height = 12.0

[<Literal>]
let private HalfPoint = 5.0

type private Box = { Left: float; Low: float; Right: float; High: float }

let private overlap a b = a.Left < b.Right && b.Left < a.Right && a.Low < b.High && b.Low < a.High

let private around (x, y) half = { Left = x - half; Low = y - half; Right = x + half; High = y + half }

let private distances = [ 9.0; 16.0; 24.0; 34.0; 46.0; 60.0; 76.0; 94.0 ]

// Beside the point first, then above and below, then between.
let private directions =
    [
        for turn in [ 0.0; 4.0; 2.0; 6.0; 1.0; 7.0; 3.0; 5.0 ] ->
            let angle = turn * System.Math.PI / 4.0
            round (1e6 * cos angle) / 1e6, round (1e6 * sin angle) / 1e6
    ]

// The middle of a word that begins at a distance from its point.
let private middle (label: Label) distance (dx, dy) =
    let x, y = label.Point
    x + dx * (distance + label.Width / 2.0), y + dy * (distance + Height / 2.0)

let private boxOf (label: Label) (x, y) =
    {
        Left = x - label.Width / 2.0
        Low = y - Height / 2.0
        Right = x + label.Width / 2.0
        High = y + Height / 2.0
    }

// The nearest place of a word to its point.
let private lineEnd (label: Label) box =
    let x, y = label.Point
    max box.Left (min box.Right x), max box.Low (min box.High y)

// Places along the line between a point and its word, which other words leave free.
let private line (label: Label) (x, y) =
    let a, b = label.Point
    [ for t in [ 0.2; 0.4; 0.6; 0.8 ] -> around (a + t * (x - a), b + t * (y - b)) 1.0 ]

/// The place of each word, the first words first: where it stands free within the area from (0, 0); None without such a place.
let place (width: float) (height: float) (points: (float * float) list) (labels: Label list) : Place option list =
    let isInside box = box.Left >= 0.0 && box.Low >= 0.0 && box.Right <= width && box.High <= height

    (([], [ for point in points -> around point HalfPoint ]), labels)
    ||> List.fold (fun (placed, taken) label ->
        let own = around label.Point HalfPoint

        let isFree middle =
            let box = boxOf label middle
            let line = line label (lineEnd label box)

            isInside box
            && not (List.exists (overlap box) taken)
            && not (taken |> List.exists (fun other -> other <> own && List.exists (overlap other) line))

        // Pushed into the area where it would leave it.
        let within (x, y) =
            max (label.Width / 2.0) (min (width - label.Width / 2.0) x),
            max (Height / 2.0) (min (height - Height / 2.0) y)

        let found =
            Seq.allPairs (List.filter (fun d -> d <= label.Reach) distances) directions
            |> Seq.map (fun (distance, direction) -> within (middle label distance direction))
            |> Seq.tryFind isFree

        match found with
        | Some middle ->
            let box = boxOf label middle
            let until = lineEnd label box
            Some { Middle = middle; LineEnd = until } :: placed, box :: line label until @ taken
        | None -> None :: placed, taken)
    |> fst
    |> List.rev

/// The one look of all figures: fonts, colours, sizes. Lengths in pixels are at 96 to the inch, as print and SVG have them.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.FigureStyle

open System.Globalization

/// Okabe and Ito's palette (without the yellow, too faint on white): told apart with the common forms of colour blindness.
let palette = [| "#0072B2"; "#D55E00"; "#009E73"; "#CC79A7"; "#E69F00"; "#56B4E9"; "#000000"; "#999999" |]

let private symbols = [| "circle"; "square"; "diamond"; "triangle-up"; "cross"; "x"; "triangle-down"; "star" |]

/// Colour of the i-th series.
let colour (i: int) = palette[i % palette.Length]

/// Marker of the i-th series.
let symbol (i: int) = symbols[i % symbols.Length]

/// How a series is drawn: a colour and a marker, so that series are told apart in black and white as well, and a stroke.
type Look = { Colour: string; Symbol: string; Dash: string }

/// Look of the i-th series; one beyond the palette's length is dashed.
let look (i: int) = { Colour = colour i; Symbol = symbol i; Dash = (if i < palette.Length then "solid" else "dash") }

// Their markers are open: those of the other series are filled.
let private baselines =
    dict
        [
            for name, colour, symbol in
                [
                    "bias", "#999999", "circle-open"
                    "EASE", "#000000", "square-open"
                    "iALS", "#882255", "diamond-open"
                    "BPR", "#332288", "triangle-up-open"
                    "ItemKNN", "#44AA99", "triangle-down-open"
                    "itemMean", "#8C6D1F", "cross-open"
                    "popularity", "#AA4499", "star-open"
                    "random", "#A6A600", "pentagon-open"
                ] -> name, { Colour = colour; Symbol = symbol; Dash = "solid" }
        ]

/// The looks of the series of a figure: a baseline has its own, the same in every figure; the others have those of the palette in
/// their order.
let looks (names: string list) : Look list =
    let next (place: int) (name: string) =
        match baselines.TryGetValue name with
        | true, own -> own, place
        | _ -> look place, place + 1

    List.mapFold next 0 names |> fst

/// A colour that lets what is beneath shine through.
let faint (opacity: float) (colour: string) =
    let part start = System.Convert.ToInt32(colour.Substring(start, 2), 16)
    let opacity = opacity.ToString CultureInfo.InvariantCulture
    $"rgba({part 1},{part 3},{part 5},{opacity})"

/// White to blue in even steps of lightness, 0 to 1, never so dark that black numbers are hard to read.
let shade (height: float) =
    let part (low: int) (high: int) = int (round (float low + (float high - float low) * max 0.0 (min 1.0 height)))
    $"rgb({part 255 86},{part 255 180},{part 255 233})"

/// Fonts that browsers and PDF readers have; the first that is installed is embedded.
let fonts = "Liberation Sans, Arial, Helvetica, sans-serif"

/// Size of all text but the numbers at the ticks: 8 points.
let fontSize = 10.6

/// Size of numbers at ticks and in cells: 7 points.
let smallSize = 9.3

/// Colour of axes and text.
let ink = "#222222"

/// Colour of grid lines.
let gridColour = "#e6e6e6"

/// Inches of a printed width.
let inches (width: FigureWidth) =
    match width with
    | OneColumn -> 3.4
    | TwoColumns -> 7.0

/// Pixels of a length in inches.
let pixels (inches: float) = inches * 96.0

/// About how wide a text of the usual size is.
let textWidth (text: string) = 6.2 * float text.Length

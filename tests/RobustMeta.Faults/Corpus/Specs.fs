/// Files of settings, and names.
module RobustMeta.Faults.Corpus.Specs

open System

/// A name, the text of a file of settings, and a part of the message.
let refused: (string * string * string) list =
    [
        "an unknown key", "lrr = \"0.1\"", "lrr"
        "a key twice", "lr = \"0.1\"\nlr = \"0.2\"", "lr"
        "no TOML", "lr 0.1", ""
        "a bracket that is not closed", "[lr", ""
        "a quote that is not closed", "lr = \"0.1", ""
        "a backslash that ends the file", "lr = \"0.1\\", "backslash"
        "a text for a number", "lr = \"fast\"", "lr"
        "a number beyond its range", "lr = \"1000\"", "lr"
        "a negative count", "epoch = \"-1\"", "epoch"
        "NaN", "lr = \"NaN\"", "lr"
        "an infinite number", "lr = \"1e999\"", "lr"
        "a decimal comma", "lr = \"0,1\"", "lr"
        "a fraction for a count", "epoch = \"1.5\"", "epoch"
        "a count beyond an integer", "epoch = \"99999999999\"", "epoch"
        "Arabic digits", "epoch = \"١٢\"", "epoch"
        "a minus of typography", "lr = \"−1\"", "lr"
        "a table", "[lr]\nx = 1", "lr"
        "an unknown model", "model = \"MeLUU\"", "MeLU"
        "an unknown metric", "metrics = \"NDGC@10\"", "NDCG"
        "no metric", "metrics = []", "metrics"
        "an unknown baseline", "baselines = \"eas\"", "EASE"
        "a depth of 5,000 lists", "lr = " + String('[', 5000) + String(']', 5000), "nested too deeply"
        "a number of 10,000 digits", "lr = \"" + String('1', 10_000) + "\"", "lr"
        "a name with a slash", "method = \"a/b\"", "method"
        "a name with a backslash", "method = 'a\\b'", "method"
        "a name with a comma", "method = \"a,b\"", "method"
        "a name with a quote", "method = 'a\"b'", "method"
        "a name with a line break", "method = \"a\\nb\"", "method"
        "an empty name", "method = \"\"", "method"
    ]

/// Names of data sets that a catalog must refuse.
let names =
    [
        "../x"
        "../../x/d"
        "/abs"
        "a/b"
        "a\\\\b"
        ".."
        "."
        ".hidden"
        "-x"
        "a b"
        "a:b"
        "a*b"
        "ü"
        "a\\u0000b"
        "x\\n"
        ""
        "\\u202Ex"
        "C:"
        "synthetic"
    ]

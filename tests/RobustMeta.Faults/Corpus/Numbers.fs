/// Ratings and times: what is a number, and what only looks like one in some culture.
module RobustMeta.Faults.Corpus.Numbers

open RobustMeta.Faults.Corpus.BadInput

let private ratingOf (text: string) = $"user,item,rating\nu,a,{text}\nv,b,1\n"

let private read =
    [ "3"; "3.5"; "-1"; "0"; "-0"; "5e0"; "1E1"; "0003"; "2.50"; ".5"; "5."; "+5"; "1e-300"; "1e38" ]

let private refused =
    [
        ""
        " "
        "three"
        "NaN"
        "nan"
        "Infinity"
        "-Infinity"
        "∞"
        "1e309"
        "1e39"
        "-1e39"
        "0x1"
        "1_000"
        "1 000"
        "1.000.000"
        "--1"
        "1-"
        "1e"
        "e1"
        "٣"
        "3٫5"
        "−3"
        "３"
        "3½"
        "3%"
        "$3"
        "(3)"
        "3 stars"
        "true"
        "null"
        "1;5"
        "9999999999999999999999999999999999999999999999999999999999999999e999"
    ]

let private times = "user,item,rating,time\nu,a,3,1000000000\nv,b,1,"

let private timeCases =
    [
        "0", Reads(2, 2, 2)
        "-1", Reads(2, 2, 2)
        "2147483648", Reads(2, 2, 2)
        "1000000000.75", Reads(2, 2, 2)
        "4102444800", Reads(2, 2, 2)
        "999999999", Reads(2, 2, 2)
        "1000000000000", Refused(3, 4, "timeFormat is seconds")
        "9999999999999", Refused(3, 4, "milliseconds")
        "-99999999999", Refused(3, 4, "between the years")
        "1e300", Refused(3, 4, "between the years")
        "", Refused(3, 4, "a Unix time")
        "now", Refused(3, 4, "'now'")
        "2024-05-17", Refused(3, 4, "'2024-05-17'")
        "NaN", Refused(3, 4, "'NaN'")
        "1389/01/01", Refused(3, 4, "a Unix time")
        "١٠٠٠", Refused(3, 4, "a Unix time")
    ]

let private dates =
    [
        "2024-05-17", Reads(2, 2, 2)
        "2024-05-17T08:30:00", Reads(2, 2, 2)
        "2024-05-17T08:30:00Z", Reads(2, 2, 2)
        "2024-13-17", Refused(3, 4, "a date")
        "2024-02-30", Refused(3, 4, "a date")
        "1389-01-01", Refused(3, 4, "between the years")
        "yesterday", Refused(3, 4, "a date")
    ]

let cases =
    [
        for text in read do
            ratings "numbers" $"rating {text}" usual (ratingOf text) (Reads(2, 2, 2))

        for text in refused do
            ratings "numbers" $"rating '{text}'" usual (ratingOf text) (Refused(2, 3, "rating"))

        ratings "numbers" "rating 1,5" usual (ratingOf "1,5") (Refused(2, 4, "unquoted comma"))
        ratings "numbers" "rating \"1,5\" in quotes" usual (ratingOf "\"1,5\"") (Refused(2, 3, "decimal = \",\""))

        ratings
            "numbers"
            "rating 1,5 where the comma is set"
            (usual + "separator = \";\"\ndecimal = \",\"\n")
            "user;item;rating\nu;a;1,5\nv;b;1\n"
            (Reads(2, 2, 2))

        for text, outcome in timeCases do
            ratings "times" $"time '{text}'" timed $"{times}{text}\n" outcome

        for text, outcome in dates do
            ratings "times" $"date '{text}'" timed $"user,item,rating,time\nu,a,3,2020-01-01\nv,b,1,{text}\n" outcome
    ]

/// Book-Crossing: explicit ratings of books from 1 to 10, relevant from 8. Rows of 0 (no rating) are left out by the reader.
module RobustMeta.Scripts.Preparation.BookCrossing

open System
open RobustMeta.Data
open RobustMeta.Scripts.Preparation.Recipe

let private dialect =
    FileDialect(Separator = ";", Header = false, Backslash = true, LineBreaks = true, Encoding = TextEncoding.Latin1)

/// The last part of `stockton, california, usa`; empty where there is no name.
let private country (location: string) : string =
    let last = location.Split(',') |> Array.last |> _.Trim(' ', '"', '.', '\\').ToLowerInvariant()

    if last.Length > 1 && last <> "n/a" && Seq.forall (Char.IsDigit >> not) last then
        last
    else
        ""

let private name (text: string) = text.Trim().ToLowerInvariant()

let private isIsbn (id: string) =
    id.Length = 10
    && id |> Seq.take 9 |> Seq.forall Char.IsAsciiDigit
    && (Char.IsAsciiDigit id[9] || "Xx".Contains id[9])

let bookCrossing =
    {
        Names = [ "book-crossing" ]
        Extra = [ "BX-Users.csv" ]
        UserFeatures = [ "age"; "country" ]
        ItemFeatures = [ "author"; "publisher"; "decade" ]
        Steps =
            fun source ->
                let books = [ "year", "Year-Of-Publication"; "title", "Book-Title" ]

                [
                    Step.keep "books with an ISBN" "other identifiers are typing errors" (fun ratings row ->
                        isIsbn ratings.Items[ratings.ItemIndex[row]])
                    Features.items
                        "author and publisher without case; decade; words of at least 20 titles"
                        "years of 0 are unknown; text tokens"
                        (Features.join (RawTable.byName source "BX-Books.csv" dialect "ISBN" books)
                         >> Features.derive "author" "author" name
                         >> Features.derive "publisher" "publisher" name
                         >> Features.derive "year" "decade" Band.decade
                         >> Features.derive "title" "title" Band.words
                         >> Features.common 20 "title"
                         >> Features.without [ "year" ])
                    if not (isNull (source.Find "BX-Users.csv")) then
                        let users =
                            RawTable.byName
                                source
                                "BX-Users.csv"
                                dialect
                                "User-ID"
                                [ "location", "Location"; "age", "Age" ]

                        Features.users
                            "age in bands of ten years; country"
                            "ages below 5 and above 100 are unknown; a place has few users"
                            (Features.join users
                             >> Features.derive "age" "age" Band.age
                             >> Features.derive "location" "country" country
                             >> Features.without [ "location" ])
                ]
    }

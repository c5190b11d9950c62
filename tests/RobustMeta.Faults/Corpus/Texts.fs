/// Lines, separators, headers, quotes, encodings and identifiers.
module RobustMeta.Faults.Corpus.Texts

open System
open System.Text
open RobustMeta.Faults.Corpus.BadInput

let private head = "user,item,rating\n"

let private bytesOf (encoding: Encoding) (text: string) = Array.append (encoding.GetPreamble()) (encoding.GetBytes text)

let private emptiness =
    [
        "nothing", "", Refused(1, 0, "empty file")
        "newlines", "\n\n\n", Refused(1, 0, "user")
        "a header only", head, Refused(0, 0, "rating")
        "a header without a line end", "user,item,rating", Refused(0, 0, "rating")
        "blanks", "   ", Refused(1, 0, "user")
        "a NUL", "\000", Refused(1, 0, "user")
    ]

let private lineEnds =
    [
        "LF", "user,item,rating\nu,a,1\nv,b,2\n", Reads(2, 2, 2)
        "CRLF", "user,item,rating\r\nu,a,1\r\nv,b,2\r\n", Reads(2, 2, 2)
        "mixed", "user,item,rating\r\nu,a,1\nv,b,2\r\n", Reads(2, 2, 2)
        "none at the end", "user,item,rating\nu,a,1\nv,b,2", Reads(2, 2, 2)
        "CRLF without the last LF", "user,item,rating\r\nu,a,1\r\nv,b,2\r", Reads(2, 2, 2)
        "empty lines at the end", "user,item,rating\nu,a,1\nv,b,2\n\n\n", Reads(2, 2, 2)
        "CR alone", "user,item,rating\ru,a,1\r", Refused(1, 0, "CR alone")
        "an empty line within", "user,item,rating\n\nu,a,1\n", Refused(2, 1, "empty line")
        "NEL within an identifier", "user,item,rating\nu\u0085x,a,1\nv,b,2\n", Reads(2, 2, 2)
        "U+2028 within an identifier", "user,item,rating\nu\u2028x,a,1\nv,b,2\n", Reads(2, 2, 2)
    ]

let private counts =
    [
        "two fields under three", "u,a\n", Refused(2, 3, "after 2 fields")
        "one field under three", "u\n", Refused(2, 2, "after 1 field")
        "four fields under three", "u,a,1,2\n", Refused(2, 4, "found 4")
        "nine fields under three", "u,a,1,2,3,4,5,6,7\n", Refused(2, 4, "found 9")
        "an empty user", ",a,1\n", Refused(2, 1, "user")
        "an empty item", "u,,1\n", Refused(2, 2, "item")
        "an empty rating", "u,a,\n", Refused(2, 3, "rating")
        "a short row after good ones", "u,a,1\nv,b,2\nw,c\n", Refused(4, 3, "after 2 fields")
        "a comment", "# made by hand\nu,a,1\n", Refused(2, 2, "after 1 field")
        "a separator too many at the end", "u,a,1,\n", Refused(2, 4, "found 4")
        "tabs in place of commas", "u\ta\t1\n", Refused(2, 2, "after 1 field; the line has tabs in it")
        "semicolons in place of commas", "u;a;1\n", Refused(2, 2, "after 1 field; the line has ';' in it")
    ]

let private headers =
    [
        "no rating", "user,item\nu,a\n", Refused(1, 0, "'rating'")
        "no user", "who,item,rating\nu,a,1\n", Refused(1, 0, "'user'")
        "rating twice", "user,item,rating,rating\nu,a,1,2\n", Refused(1, 4, "occurs twice")
        "user twice", "user,user,item,rating\nu,w,a,1\n", Refused(1, 2, "occurs twice")
        "another order", "rating,item,user\n1,a,u\n2,b,v\n", Reads(2, 2, 2)
        "blanks around names", " user , item , rating \nu,a,1\nv,b,2\n", Reads(2, 2, 2)
        "names in quotes", "\"user\",\"item\",\"rating\"\nu,a,1\nv,b,2\n", Reads(2, 2, 2)
        "a near miss", "user,item,ratings\nu,a,1\n", Refused(1, 0, "did you mean 'ratings'")
        "capitals", "User,Item,Rating\nu,a,1\n", Refused(1, 0, "did you mean")
        "the header again", "user,item,rating\nu,a,1\nuser,item,rating\n", Refused(3, 3, "'rating'")
        "an unused column that occurs twice", "user,item,rating,x,x\nu,a,1,2,3\nv,b,1,2,3\n", Reads(2, 2, 2)
        "no header", "u,a,1\nv,b,2\n", Refused(1, 0, "'user'")
    ]

let private quotes =
    [
        "a field in quotes", "\"u\",a,1\nv,b,2\n", Reads(2, 2, 2)
        "a comma in quotes", "\"u,x\",a,1\nv,b,2\n", Reads(2, 2, 2)
        "a quote in quotes", "\"u\"\"x\",a,1\nv,b,2\n", Reads(2, 2, 2)
        "an empty field in quotes", "\"\",a,1\n", Refused(2, 1, "user")
        "a quote that is not closed", "\"u,a,1\nv,b,2\n", Refused(2, 1, "closing quote")
        "a quote that is not closed at the end", "u,a,1\n\"v", Refused(3, 1, "closing quote")
        "text after a quote", "\"u\"x,a,1\n", Refused(2, 1, "after its closing quote")
        "a blank after a quote", "\"u\" ,a,1\n", Refused(2, 1, "after its closing quote")
        "a quote within a field", "u\"x,a,1\nv,b,2\n", Reads(2, 2, 2)
        "two stray quotes", "\"u,a,1\nv,b,2\nw\",c,3\n", Refused(2, 0, "goes on to line 4")
        "apostrophes", "'u',a,1\nv,b,2\n", Reads(2, 2, 2)
        "typographic quotes", "“u”,a,1\nv,b,2\n", Reads(2, 2, 2)
        "a line break in quotes", "\"u\nx\",a,1\n", Refused(2, 0, "lineBreaks = true")
    ]

let private separators =
    [
        for separator, key in [ "\t", "\\t"; "::", "::"; ";", ";"; "|", "|"; " ", " "; "~", "~"; "ab", "ab" ] do
            let row (cells: string list) = String.Join(separator, cells) + "\n"
            let text = row [ "user"; "item"; "rating" ] + row [ "u"; "1"; "1" ] + row [ "v"; "2"; "2" ]
            $"'{key}' that is set", $"separator = \"{key}\"\n", text, Reads(2, 2, 2)

            if separator.Length < 3 && separator <> "~" && separator <> "ab" then
                $"'{key}' that is found out", "", text, Reads(2, 2, 2)

        "that is set wrongly", "separator = \";\"\n", "user,item,rating\nu,a,1\n", Refused(1, 0, "'user'")
    ]

let private encodings =
    let text = "user,item,rating\nu,a,1\nv,b,2\n"

    [
        "a BOM of UTF-8", bytesOf Encoding.UTF8 text, "", Reads(2, 2, 2)
        "only a BOM", Encoding.UTF8.GetPreamble(), "", Refused(1, 0, "")
        "UTF-16 little-endian", bytesOf Encoding.Unicode text, "", Reads(2, 2, 2)
        "UTF-16 big-endian", bytesOf Encoding.BigEndianUnicode text, "", Reads(2, 2, 2)
        "UTF-32", bytesOf Encoding.UTF32 text, "", Reads(2, 2, 2)
        "ISO-8859-1 unsaid", Encoding.Latin1.GetBytes(head + "café,a,1\n"), "", Refused(2, 1, "0xE9")
        "ISO-8859-1 that is set",
        Encoding.Latin1.GetBytes(head + "café,a,1\nv,b,2\n"),
        "encoding = \"latin1\"\n",
        Reads(2, 2, 2)
        "a code point cut",
        Array.append (utf8 head) [| 0x75uy; 0xC3uy; 0x2Cuy; 0x61uy; 0x2Cuy; 0x31uy |],
        "",
        Refused(2, 1, "0xC3")
        "an overlong form",
        Array.append (utf8 head) [| 0xC0uy; 0xAFuy; 0x2Cuy; 0x61uy; 0x2Cuy; 0x31uy |],
        "",
        Refused(2, 1, "0xC0")
        "a surrogate",
        Array.append (utf8 head) [| 0xEDuy; 0xA0uy; 0x80uy; 0x2Cuy; 0x61uy; 0x2Cuy; 0x31uy |],
        "",
        Refused(2, 1, "0xED")
        "a BOM within", utf8 (head + "\uFEFFu,a,1\n"), "", Refused(2, 1, "byte-order mark")
        "a picture", [| 0x89uy; 0x50uy; 0x4Euy; 0x47uy; 0x0Duy; 0x0Auy; 0x1Auy; 0x0Auy |], "", Refused(1, 1, "0x89")
        "a program", Array.append [| 0x7Fuy; 0x45uy; 0x4Cuy; 0x46uy |] (Array.zeroCreate 60), "", Refused(1, 0, "")
    ]

let private identifiers =
    [
        "2147483648"
        "9223372036854775808"
        "-1"
        "0"
        "00"
        "1e5"
        "550e8400-e29b-41d4-a716-446655440000"
        "😀"
        "👩‍👩‍👧"
        "n\u0303"
        "ñ"
        "=cmd|'/c calc'!A1"
        "@SUM(A1)"
        "+1"
        "<script>alert(1)</script>"
        "</script>"
        "<!--<script>"
        "\\input{/etc/passwd}"
        "$x^2_~"
        "../../etc/passwd"
        "/abs"
        "C:\\x"
        "CON"
        "a|b"
        "\u001b[31mred"
        "\u202Ereversed"
        "%s%n"
        "{0}"
        "NULL"
        "None"
        "NaN"
        " blank "
        String('x', 300)
        "I"
        "ı"
        "İ"
    ]

let private duplicates =
    [
        "the same row", "u,a,1\nu,a,1\n", Reads(1, 1, 1)
        "another rating", "u,a,1\nu,a,5\nv,b,2\n", Reads(2, 2, 2)
        "two forms of one letter are two users", "ñ,a,1\nn\u0303,a,1\n", Reads(2, 2, 1)
        "capitals are other users", "U,a,1\nu,a,1\n", Reads(2, 2, 1)
        "dotless and dotted i are other users", "i,a,1\nı,a,1\nI,a,1\nİ,a,1\n", Reads(4, 4, 1)
        "a blank makes another user", "u,a,1\nu ,a,1\n", Reads(2, 2, 1)
    ]

/// A header of three columns that are wanted and some that are not.
let private wide (more: int) =
    let text = StringBuilder "user,item,rating"

    for k in 1..more do
        text.Append(",c").Append k |> ignore

    string text

let private giants =
    [
        "a line of 20 MB", head + String('x', 20_000_000), Refused(2, 0, "'lineBytes'")
        "a field of 2 MB", head + "u," + String('x', 2_000_000) + ",1\n", Refused(2, 2, "'fieldBytes'")
        "a million columns in a row", head + String(',', 1_000_000) + "\n", Refused(2, 0, "'columns'")
        "a million columns in the header", wide 1_000_000 + "\nu,a,1\n", Refused(1, 0, "'columns'")
        "a million columns everywhere",
        wide 1_000_000 + "\nu,a,1" + String(',', 1_000_000) + "\n",
        Refused(1, 0, "'columns'")
        "90,000 columns in the header", wide 90_000 + "\nu,a,1\n", Refused(2, 4, "")
        "90,000 columns everywhere",
        wide 90_000 + "\nu,a,1" + String(',', 90_000) + "\nv,b,2" + String(',', 90_000),
        Reads(2, 2, 2)
    ]

let private items =
    [
        "as it should be", "item,genre,price\na,x,1\nb,y,2\n", Reads(2, 2, 2)
        "a header only", "item,genre,price\n", Refused(0, 0, "expected a row")
        "nothing", "", Refused(1, 0, "empty file")
        "no price", "item,genre\na,x\n", Refused(1, 0, "'price'")
        "no identifier", "genre,price\nx,1\n", Refused(1, 0, "'item'")
        "an item twice", "item,genre,price\na,x,1\na,y,2\n", Refused(3, 0, "second row")
        "an infinite price", "item,genre,price\na,x,1e300\n", Refused(2, 3, "'1e300'")
        "a price that is no number", "item,genre,price\na,x,free\n", Refused(2, 3, "'free'")
        "a price in dollars", "item,genre,price\na,x,$5\n", Refused(2, 3, "'$5'")
        "no price in a row", "item,genre,price\na,x,\nb,y,NULL\n", Reads(2, 2, 2)
        "a dash for a missing price", "item,genre,price\na,x,-\n", Refused(2, 3, "'-'")
        "a surplus field", "item,genre,price\na,Action, Inc,2\n", Refused(2, 4, "found 4")
        "a short row", "item,genre,price\na,x\n", Refused(2, 3, "after 2 fields")
        "a genre that is not UTF-8", "", Refused(2, 2, "0xE9")
        "genre twice in the header", "item,genre,genre,price\na,x,y,1\n", Refused(1, 3, "occurs twice")
        "items that nobody rated", "item,genre,price\nq,x,1\n", Reads(2, 2, 3)
        "an empty identifier", "item,genre,price\n,x,1\n", Refused(2, 1, "identifier")
    ]

let private itemColumns =
    usual + "items = \"i.csv\"\nitemsId = \"item\"\nitemFeatures = [\"genre\", \"price:number\"]\n"

let private itemBytes (name: string) (text: string) =
    if name.Contains "not UTF-8" then
        Encoding.Latin1.GetBytes "item,genre,price\na,café,1\n"
    else
        utf8 text

let private catalogs =
    [
        "an empty separator", "separator = \"\"\n", "separator"
        "a key that is not known", "seperator = \";\"\n", "did you mean 'separator'"
        "a key twice", "user = \"x\"\n", "user"
        "a number for a text", "time = 3.5\n", "time"
        "a text for a flag", "header = \"yes\"\n", "header"
        "an unknown encoding", "encoding = \"utf9\"\n", "encoding"
        "a decimal sign that is none", "decimal = \";\"\n", "decimal"
        "a file that leads out", "items = \"../i.csv\"\n", "below the data set's folder"
        "an absolute file", "items = \"/etc/passwd\"\n", "below the data set's folder"
        "an unknown kind of feature", "itemFeatures = [\"genre:colour\"]\n", "genre:colour"
    ]

let cases =
    [
        for name, text, outcome in items do
            let files = [ "r.csv", utf8 (head + "u,a,1\nv,b,2\n"); "i.csv", itemBytes name text ]
            { Group = "items"; Name = name; Columns = itemColumns; Files = files; Outcome = outcome }

        for name, columns, part in catalogs do
            ratings "catalogs" name (usual + columns) (head + "u,a,1\nv,b,2\n") (Unusable part)

        for name, text, outcome in emptiness do
            ratings "emptiness" name usual text outcome
        for name, text, outcome in lineEnds do
            ratings "line ends" name usual text outcome
        for name, text, outcome in counts do
            ratings "counts" name usual (head + text) outcome
        for name, text, outcome in headers do
            ratings "headers" name usual text outcome
        for name, text, outcome in quotes do
            ratings "quotes" name usual (head + text) outcome
        for name, columns, text, outcome in separators do
            ratings "separators" name (usual + columns) text outcome
        for name, content, columns, outcome in encodings do
            raw "encodings" name (usual + columns) "r.csv" content outcome
        for id in identifiers do
            ratings "identifiers" $"%A{id}" usual $"{head}\"{id}\",a,1\nother,\"{id}\",2\n" (Reads(2, 2, 2))
        for name, text, outcome in duplicates do
            ratings "duplicates" name usual (head + text) outcome
        for name, text, outcome in giants do
            ratings "giants" name usual text outcome
    ]

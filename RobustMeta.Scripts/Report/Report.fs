namespace RobustMeta.Scripts

/// One part of a section.
type ReportPart =
    /// Paragraphs of plain text, parted by empty lines.
    | Prose of text: string
    | Tabled of Table
    | Drawn of Figure
    /// A table or figure that holds measured times or memory: what differs from one making to the next. Its files stand in a
    /// folder of their own, so that all others are the same bytes.
    | Timed of ReportPart
    /// The text of a file as it is: a study file, the description of the machine.
    | FileText of name: string * text: string

/// A heading and what stands below it.
type ReportSection = { Heading: string; Parts: ReportPart list }

/// All that a report holds, before it is written.
type Report =
    {
        Title: string
        /// What was done, in a few sentences.
        Summary: string
        Sections: ReportSection list
        /// Name and text of each study file.
        StudyFiles: (string * string) list
        /// What the results were made on: name and value.
        Environment: (string * string) list
        Seeds: int64 list
        HowToCite: string
        /// The licence of each data set.
        Licences: (string * string) list
    }

/// What all writers of a report share.
[<RequireQualifiedAccess>]
module ReportContent =
    /// Folder of what was measured by the clock.
    [<Literal>]
    let TimingFolder = "timing"

    let rec private placed (folder: string) (part: ReportPart) =
        match part with
        | Timed part -> placed TimingFolder part
        | part -> folder, part

    let private parts (folder: string) (report: Report) =
        [
            for section in report.Sections do
                for part in section.Parts -> placed folder part
        ]

    /// All figures in the order of the text, each with the folder of its data.
    let placedFigures (report: Report) : (string * Figure) list =
        [
            for folder, part in parts "data" report do
                match part with
                | Drawn figure -> folder, figure
                | _ -> ()
        ]

    /// All tables in the order of the text, each with its folder.
    let placedTables (report: Report) : (string * Table) list =
        [
            for folder, part in parts "tables" report do
                match part with
                | Tabled table -> folder, table
                | _ -> ()
        ]

    /// All figures in the order of the text.
    let figures (report: Report) = List.map snd (placedFigures report)

    /// All tables in the order of the text.
    let tables (report: Report) = List.map snd (placedTables report)

    let private pairs
        (label: string)
        (caption: string)
        (first: string)
        (second: string)
        (values: (string * string) list)
        =
        Table.make
            label
            caption
            [ Column.words first; Column.words second ]
            [ for name, value in values -> [ Cell.text name; Cell.text value ] ]

    /// The report's sections with those that every report ends with: study files, environment, seeds, citing, licences.
    let allSections (report: Report) : ReportSection list =
        let seeds = System.String.Join(", ", report.Seeds)

        report.Sections
        @ [
            if not report.StudyFiles.IsEmpty then
                { Heading = "Study files"; Parts = [ for name, text in report.StudyFiles -> FileText(name, text) ] }
            if not report.Environment.IsEmpty || not report.Seeds.IsEmpty then
                {
                    Heading = "Environment and seeds"
                    Parts =
                        [
                            if not report.Environment.IsEmpty then
                                Tabled(
                                    pairs
                                        "environment"
                                        "What the results were made on"
                                        "what"
                                        "value"
                                        report.Environment
                                )
                            if not report.Seeds.IsEmpty then
                                Prose $"Seeds: {seeds}."
                        ]
                }
            if report.HowToCite <> "" then
                { Heading = "How to cite"; Parts = [ Prose report.HowToCite ] }
            if not report.Licences.IsEmpty then
                {
                    Heading = "Licences of the data"
                    Parts = [ Tabled(pairs "licences" "Licences of the data" "data set" "licence" report.Licences) ]
                }
        ]

    /// The report with all its sections as ordinary ones.
    let complete (report: Report) : Report =
        { report with
            Sections = allSections report
            StudyFiles = []
            Environment = []
            Seeds = []
            HowToCite = ""
            Licences = []
        }

    /// Paragraphs of a text.
    let paragraphs (text: string) =
        [
            for paragraph in text.Replace("\r\n", "\n").Split "\n\n" do
                let words = (InertText.plain paragraph).Trim()

                if words <> "" then
                    words
        ]

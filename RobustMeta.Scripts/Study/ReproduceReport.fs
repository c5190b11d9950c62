/// The report of all studies of the analysis together.
module RobustMeta.Scripts.ReproduceReport

open System
open RobustMeta.Data
open RobustMeta.Runtime
open RobustMeta.Studies

let private dataNames (sources: StudySource list) =
    [
        for source in sources do
            for cell in source.Cells do
                cell.Cell.Data.Settings
                |> Seq.tryPick (fun (struct (key, value)) -> if key = "dataset" then Some value else None)
                |> Option.defaultValue cell.Cell.Data.Name
    ]
    |> List.distinct

let private entry (name: string) = Option.ofObj (DatasetCatalog.Default.Find name)

let private datasetRow (name: string) : PaperTables.DatasetRow =
    let dataset = DatasetCatalog.Default.Load name
    let s = DatasetStatistics.Of(dataset.Ratings, dataset.LabelThreshold)

    {
        Dataset = name
        Users = s.Users
        Items = s.Items
        Ratings = s.Interactions
        Domain = entry name |> Option.map _.Title |> Option.defaultValue "synthetic world"
    }

let private studySection (source: StudySource) : ReportSection =
    let comment =
        source.Spec.Text.Split '\n'
        |> Seq.takeWhile (fun line -> line.StartsWith "#")
        |> Seq.map (fun line -> line.TrimStart('#', ' '))
        |> String.concat " "

    {
        Heading = source.Spec.Name
        Parts =
            [
                Prose comment
                for section in StudyReport.sections source do
                    match section.Parts with
                    | Prose text :: rest ->
                        Prose $"{section.Heading}: {text}"
                        yield! rest
                    | parts -> yield! parts
            ]
    }

/// All in one: data, method, studies, theory.
let make (title: string) (summary: string) (sources: StudySource list) (theory: ReportSection list) : Report =
    let names = dataNames sources
    let seeds = sources |> Seq.collect (fun s -> s.Spec.Cells |> Seq.collect s.Spec.SeedsOf)

    {
        Title = title
        Summary = summary
        Sections =
            [
                { Heading = "Data"; Parts = [ Tabled(PaperTables.datasets (List.map datasetRow names)) ] }
                { Heading = "Method"; Parts = [ Drawn MethodDiagram.figure ] }
                yield! List.map studySection sources
                yield! theory
            ]
        StudyFiles = [ for source in sources -> $"{source.Spec.Name}.toml", source.Spec.Text ]
        Environment = [ for struct (name, value) in EnvironmentReport.Facts() -> name, value ]
        Seeds = seeds |> Seq.distinct |> Seq.sort |> List.ofSeq
        HowToCite = StudyReport.howToCite
        Licences =
            [
                for name in names do
                    match entry name with
                    | Some e when e.Licence <> "" -> name, e.Licence
                    | _ -> ()
            ]
    }

/// An installed Chromium, which draws figures as SVG, PDF and PNG. It is found, never downloaded.
[<RequireQualifiedAccess>]
module RobustMeta.Scripts.Chromium

open System
open System.IO
open PuppeteerSharp
open RobustMeta.Settings

/// Names the program where it does not stand in the search path.
[<Literal>]
let Variable = "ROBUSTMETA_CHROMIUM"

let private names =
    [
        "chromium"
        "chromium-browser"
        "google-chrome"
        "google-chrome-stable"
        "chrome"
        "msedge"
        "microsoft-edge"
    ]

let private places =
    [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
        "/Applications/Chromium.app/Contents/MacOS/Chromium"
        for root in [ "ProgramFiles"; "ProgramFiles(x86)"; "LocalAppData" ] do
            match Environment.GetEnvironmentVariable root with
            | null -> ()
            | folder ->
                Path.Combine(folder, "Google", "Chrome", "Application", "chrome.exe")
                Path.Combine(folder, "Microsoft", "Edge", "Application", "msedge.exe")
    ]

/// What to do where none is found.
let missing =
    $"no Chromium is installed, so that figures are written as HTML only; install one (Debian: apt-get install chromium fonts-liberation) or name it in {Variable}"

/// The installed program, if there is one.
let find () : string option =
    match Environment.GetEnvironmentVariable Variable with
    | null
    | "" ->
        let folders =
            (Option.ofObj (Environment.GetEnvironmentVariable "PATH") |> Option.defaultValue "").Split
                Path.PathSeparator

        seq {
            for name in names do
                for folder in folders do
                    if folder <> "" then
                        Path.Combine(folder, name)
                        Path.Combine(folder, name + ".exe")

            yield! places
        }
        |> Seq.tryFind File.Exists
    | path when File.Exists path -> Some path
    | path ->
        raise (
            SettingException
                $"{Variable} names '{path}', which is not there; name the program's file, or unset the variable"
        )

/// What to do where one does not work.
let failed (program: string) (error: exn) =
    let reason = error.Message.Split('\n').[0].TrimEnd([| ' '; '.'; '!'; '\r' |])
    $"{program} drew no figures ({reason}), so that they are written as HTML only; name another Chromium in {Variable}"

/// Whether an error is one of the browser, not of the figures.
let isItsOwn (error: exn) =
    match error with
    | :? TimeoutException
    | :? ComponentModel.Win32Exception -> true
    // Its errors have no common type.
    | error -> error.GetType().Assembly = typeof<PuppeteerException>.Assembly

// It writes its profile until it has ended.
let private close (browser: IBrowser) =
    let own = browser.Process
    browser.Dispose()

    if not (isNull own) then
        own.WaitForExit 5_000 |> ignore

// Processes that the browser started may write for a moment longer.
let rec private delete (tries: int) (profile: DirectoryInfo) =
    try
        profile.Delete true
    with :? IOException ->
        if tries > 1 then
            Threading.Thread.Sleep 100
            delete (tries - 1) profile

/// Starts the browser with an empty profile, gives it to `work`, and ends it.
let within (program: string) (work: IBrowser -> Threading.Tasks.Task<'result>) : 'result =
    let profile = Directory.CreateTempSubdirectory "robustmeta-chromium-"

    let options =
        LaunchOptions(
            ExecutablePath = program,
            Headless = true,
            UserDataDir = profile.FullName,
            Timeout = 120_000,
            Args =
                [|
                    "--headless"
                    "--no-sandbox"
                    "--disable-gpu"
                    "--disable-background-networking"
                    "--no-first-run"
                    "--font-render-hinting=none"
                |]
        )

    try
        task {
            let! browser = Puppeteer.LaunchAsync options

            try
                return! work browser
            finally
                close browser
        }
        |> _.GetAwaiter().GetResult()
    finally
        delete 20 profile

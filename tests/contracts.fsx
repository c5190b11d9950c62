// The contract suites for types of one's own: `#load` this script, then `check (suite of a type)`. It needs a build of the
// tests: dotnet build -c Release.
// quick: none
#load "../RobustMeta.Scripts/load.fsx"
#I "RobustMeta.Tests/bin/Release/net10.0"
#r "Expecto.dll"
#r "FsCheck.dll"
#r "RobustMeta.Examples.dll"
#r "RobustMeta.Tests.dll"

open Expecto
open RobustMeta.Tests
open RobustMeta.Tests.Data
open RobustMeta.Tests.Evaluation
open RobustMeta.Tests.Models
open RobustMeta.Tests.Robustness
open RobustMeta.Tests.Shift

/// Runs a suite one test after the other and says what fails; 0 when nothing does, else 1: end a script with
/// `exit (List.sum [ check (…); … ])`, so that its exit code says whether all contracts hold.
let check (suite: Test) =
    runTestsWithCLIArgs [ CLIArguments.Sequenced; CLIArguments.No_Spinner; CLIArguments.Colours 0 ] [||] suite

/// The suites, by kind. Each takes an example of the type under test.
let ofModel spec = testList "model" (ContractTests.suite [ spec ] @ TrainingContractTests.suite [ spec ])
let ofBaseline spec = testList "baseline" (BaselineTests.suite [ spec ])
let ofSet set = AmbiguitySetContract.tests set
let ofMetric metric = MetricContract.test metric
let ofReference kind = ReferenceContract.test kind
let ofProtocol protocol = ProtocolContract.test protocol
let ofSupportProtocol protocol = ProtocolContract.testWith true protocol
let ofPreset preset = RobustPresetContract.test preset
let ofReader reader = ReaderContractTests.suite reader

// Run by itself, and not loaded by a script of whatever name, it checks a set and a metric that another assembly declares.
let private own = System.IO.Path.Combine(__SOURCE_DIRECTORY__, System.IO.Path.GetFileName __SOURCE_FILE__)

if System.IO.Path.GetFullPath fsi.CommandLineArgs[0] = own then
    exit (check (testList "examples" [ ofSet (Shop.Models.FloorSet 0.3); ofMetric (Shop.Models.FirstRelevant()) ]))

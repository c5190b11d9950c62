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

/// Runs a suite one test after the other and says what fails; 0 when nothing does.
let check (suite: Test) = runTestsWithCLIArgs [ CLIArguments.Sequenced; CLIArguments.No_Spinner ] [||] suite

/// The suites, by kind. Each takes an example of the type under test.
let ofModel spec = testList "model" (ContractTests.suite [ spec ] @ TrainingContractTests.suite [ spec ])
let ofBaseline spec = testList "baseline" (BaselineTests.suite [ spec ])
let ofSet set = AmbiguitySetContract.tests set
let ofMetric metric = MetricContract.test metric
let ofReference kind = ReferenceContract.test kind
let ofProtocol protocol = ProtocolContract.test protocol
let ofSupportProtocol protocol = ProtocolContract.testWith true protocol
let ofReader reader = ReaderContractTests.suite reader

// Run by itself, the script checks a set and a metric that another assembly declares.
if fsi.CommandLineArgs[0].EndsWith "contracts.fsx" then
    exit (check (testList "examples" [ ofSet (Shop.Models.FloorSet 0.3); ofMetric (Shop.Models.FirstRelevant()) ]))

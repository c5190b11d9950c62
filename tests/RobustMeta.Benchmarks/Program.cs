using RobustMeta.Benchmarks;
using RobustMeta.Benchmarks.Contenders;
using RobustMeta.Benchmarks.Fits;
using RobustMeta.Benchmarks.Micro;
using RobustMeta.Benchmarks.Overhead;
using RobustMeta.Benchmarks.Priors;
using RobustMeta.Benchmarks.Profiling;
using RobustMeta.Benchmarks.Reading;
using RobustMeta.Benchmarks.Scale;
using RobustMeta.Benchmarks.Scaling;
using RobustMeta.Benchmarks.SideBySide;
using RobustMeta.Benchmarks.Workload;
using RobustMeta.Settings;

try
{
    switch (args)
    {
        case ["serving", "help"]:
            Console.Write(
                $"serving: settings and defaults\n{SettingArguments.Help(new RobustMeta.Benchmarks.Serving.ServingSpec())}"
            );
            return 0;
        case ["serving", .. var settings]:
            return RobustMeta.Benchmarks.Serving.ServingProgram.Run(
                SettingArguments.Parse(new RobustMeta.Benchmarks.Serving.ServingSpec(), settings)
            );
        case ["peers", "help"]:
            Console.Write($"peers: settings and defaults\n{SettingArguments.Help(new PeersSpec())}");
            return 0;
        case ["peers", .. var settings]:
            return PeersProgram.Run(SettingArguments.Parse(new PeersSpec(), settings));
        case ["models", "help"]:
            Console.Write($"models: settings and defaults\n{SettingArguments.Help(new ModelsSpec())}");
            return 0;
        case ["models", .. var settings]:
            return ModelsProgram.Run(SettingArguments.Parse(new ModelsSpec(), settings));
        case ["fits", "help"]:
            Console.Write($"fits: settings and defaults\n{SettingArguments.Help(new FitsSpec())}");
            return 0;
        case ["fits", .. var settings]:
            return FitsProgram.Run(SettingArguments.Parse(new FitsSpec(), settings));
        case ["scaling", "help"]:
            Console.Write($"scaling: settings and defaults\n{SettingArguments.Help(new ScalingSpec())}");
            return 0;
        case ["scaling", .. var settings]:
            return ScalingProgram.Run(SettingArguments.Parse(new ScalingSpec(), settings));
        case ["overhead", "help"]:
            Console.Write($"overhead: settings and defaults\n{SettingArguments.Help(new OverheadSpec())}");
            return 0;
        case ["overhead", .. var settings]:
            return OverheadProgram.Run(SettingArguments.Parse(new OverheadSpec(), settings));
        case ["profile", "help"]:
            Console.Write($"profile: settings and defaults\n{SettingArguments.Help(new ProfileSpec())}");
            return 0;
        case ["profile", .. var settings]:
            return ProfileProgram.Run(SettingArguments.Parse(new ProfileSpec(), settings));
        case ["readers", "help"]:
            Console.Write($"readers: settings and defaults\n{SettingArguments.Help(new ReadersSpec())}");
            return 0;
        case ["readers", .. var settings]:
            return ReadersProgram.Run(SettingArguments.Parse(new ReadersSpec(), settings));
        case [("size" or "store" or "makespan") and var name, "help"]:
            object defaults =
                name == "size" ? new SizeSpec()
                : name == "store" ? new StoreSpec()
                : new MakespanSpec();
            Console.Write($"{name}: settings and defaults\n{SettingArguments.Help(defaults)}");
            return 0;
        case ["size", .. var settings]:
            return SizeProgram.Run(SettingArguments.Parse(new SizeSpec(), settings));
        case ["store", .. var settings]:
            return StoreProgram.Run(SettingArguments.Parse(new StoreSpec(), settings));
        case ["makespan", .. var settings]:
            return MakespanProgram.Run(SettingArguments.Parse(new MakespanSpec(), settings));
        case ["priors", "help"]:
            Console.Write($"priors: settings and defaults\n{SettingArguments.Help(new PriorsSpec())}");
            return 0;
        case ["priors", .. var settings]:
            return PriorsProgram.Run(SettingArguments.Parse(new PriorsSpec(), settings));
        case ["prior", var prior, .. var settings]:
            return PriorsWorker.Run(prior, SettingArguments.Parse(new PriorsSpec(), settings));
        case ["micro", .. var arguments]:
            return MicroProgram.Run(arguments);
        case ["worker", var engine, .. var settings]:
            var workload = SettingArguments.Parse(new WorkloadSpec(), settings);
            EngineWorker.Serve(EngineChoice.Named(engine), workload, Console.In, Console.Out);
            return 0;
        default:
            Console.Error.WriteLine(
                "Expected: peers | models | fits | overhead | profile | scaling | readers | size | store | makespan | priors | micro, then settings; 'peers help' "
                    + "lists them."
            );
            return 2;
    }
}
catch (SettingException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (ContenderException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

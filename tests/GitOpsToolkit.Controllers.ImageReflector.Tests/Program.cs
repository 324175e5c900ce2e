using GitOpsToolkit.Controllers.ImageReflector.Tests;
using GitOpsToolkit.Controllers.ImageReflector.Tests.Storage;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// Started by the kill tests, it writes until it is killed. Otherwise it does what the entry point that xunit generates does.
if (args is [TagWriter.Argument, var folder])
{
    return TagWriter.Run(folder);
}

return args.Contains("--server") || args.Contains("--internal-msbuild-node")
    ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await ConsoleRunner.Run(args);

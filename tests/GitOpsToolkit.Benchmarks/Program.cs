using GitOpsToolkit.Benchmarks;
using GitOpsToolkit.Benchmarks.Builds;
using GitOpsToolkit.Benchmarks.Images;

// What a scenario measures by itself runs as a process of its own.
if (args is [StoreChild.Argument, .. var order])
{
    return StoreChild.Run(order);
}

// `make bench` runs every scenario; `make bench ARGS=build` one of them.
IScenario[] scenarios =
[
    new BuildScenario(), new LoopScenario(), new IdleScenario(),
    new ScanScenario(), new RequestedScenario(), new StoreScenario(), new PipelineScenario(),
];
var wanted = scenarios.Where(scenario => args.Length == 0 || args.Contains(scenario.Name)).ToList();
if (wanted.Count == 0)
{
    Console.Error.WriteLine($"no scenario is named {string.Join(", ", args)}; there are {string.Join(", ", scenarios.Select(scenario => scenario.Name))}");
    return 2;
}

var held = true;
foreach (var scenario in wanted)
{
    Console.WriteLine($"## {scenario.Name}: {scenario.Title}");
    held &= await scenario.RunAsync(Console.Out);
    Console.WriteLine();
}

return held ? 0 : 1;

using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Benchmarks;

/// <summary>
/// An overlay (prefix, namespace, labels, image, patch) over N objects. The peer is a process and ours is a call in a warm process, as a
/// controller makes it; the peer's time for 4 objects, nearly all of it process start, is therefore taken off each of its runs.
/// </summary>
internal sealed class BuildScenario : IScenario
{
    private const int Pairs = 5;

    public string Name => "build";

    public string Title => "kustomize build of an overlay, in a warm process, against kubectl kustomize without its start-up time";

    public async Task<bool> RunAsync(TextWriter output)
    {
        if (!HasPeer())
        {
            await output.WriteLineAsync("not measured: kubectl is not installed");
            return true;
        }

        await output.WriteLineAsync("| objects | kubectl kustomize | ours | ratio (min-max) |");
        await output.WriteLineAsync("|---|---|---|---|");
        var startup = Measure(4).Peer;
        foreach (var objects in (int[])[100, 1000, 2000])
        {
            if (Measure(objects, startup) is not { } ratios)
            {
                await output.WriteLineAsync($"| {objects} | the two outputs differ | | |");
                return false;
            }

            await output.WriteLineAsync(
                $"| {objects} | {ratios.Peer:0} ms | {ratios.Ours:0.0} ms | x{ratios.Ratio:0} ({ratios.Lowest:0}-{ratios.Highest:0}) |");
        }

        return true;
    }

    private static Ratios Measure(int objects, double startup = 0)
    {
        using var folder = new TempDirectory();
        WriteInput(folder.Path, objects);
        var builder = new KustomizeBuilder(new DirectoryFileSource(folder.Path));
        string Ours() => YamlWriter.WriteAll(builder.Build("overlay").Resources.Select(resource => resource.Body));
        if (!SameObjects(Peer(folder.Path), Ours()))
        {
            throw new InvalidOperationException($"the outputs for {objects} objects differ: no figure");
        }

        // A controller's process is warm: the first builds only pay for compiling our code.
        for (var warmUp = 0; warmUp < 10; warmUp++)
        {
            Ours();
        }

        var ratios = new Ratios();
        for (var pair = 0; pair < Pairs; pair++)
        {
            // A-B-B-A: neither side always runs second.
            var peerFirst = pair % 2 == 0;
            var first = Time(peerFirst ? () => Peer(folder.Path) : Ours);
            var second = Time(peerFirst ? Ours : () => Peer(folder.Path));
            var (peer, ours) = peerFirst ? (first, second) : (second, first);
            ratios.Add(peer - TimeSpan.FromMilliseconds(startup), ours);
        }

        return ratios;
    }

    private static TimeSpan Time(Func<string> build)
    {
        var begun = Stopwatch.GetTimestamp();
        build();
        return Stopwatch.GetElapsedTime(begun);
    }

    private static bool HasPeer() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "kubectl")));

    private static string Peer(string folder)
    {
        var start = new ProcessStartInfo("kubectl") { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.ArgumentList.Add("kustomize");
        start.ArgumentList.Add("overlay");
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new InvalidOperationException("kubectl kustomize failed");
    }

    private static bool SameObjects(string peer, string ours)
    {
        static List<JsonNode> Sorted(string text) =>
            [.. YamlReader.ReadAll(text).Select(document => document.Root!).OrderBy(node => node["kind"] + "/" + node["metadata"]!["name"], StringComparer.Ordinal)];
        var (a, b) = (Sorted(peer), Sorted(ours));
        return a.Count == b.Count && a.Zip(b).All(pair => JsonNode.DeepEquals(pair.First, pair.Second));
    }

    private static void WriteInput(string folder, int objects)
    {
        Directory.CreateDirectory(Path.Combine(folder, "base"));
        Directory.CreateDirectory(Path.Combine(folder, "overlay"));
        var list = new StringBuilder("resources:\n");
        for (var i = 0; i < objects / 4; i++)
        {
            File.WriteAllText(Path.Combine(folder, "base", $"app{i}.yaml"), App(i));
            list.Append($"  - app{i}.yaml\n");
        }

        File.WriteAllText(Path.Combine(folder, "base", "kustomization.yaml"), list.ToString());
        File.WriteAllText(Path.Combine(folder, "overlay", "kustomization.yaml"), """
            resources:
              - ../base
            namespace: production
            namePrefix: prod-
            labels:
              - pairs:
                  team: platform
            images:
              - name: registry.example.com/web
                newTag: v2.0.0
            patches:
              - target:
                  kind: Deployment
                patch: |
                  - op: replace
                    path: /spec/replicas
                    value: 3
            """);
    }

    private static string App(int i) => $"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: app{i}
        spec:
          replicas: 1
          selector:
            matchLabels:
              app: app{i}
          template:
            metadata:
              labels:
                app: app{i}
            spec:
              serviceAccountName: app{i}
              containers:
                - name: web
                  image: registry.example.com/web:v1.0.0
                  envFrom:
                    - configMapRef:
                        name: app{i}
                  ports:
                    - containerPort: 8080
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: app{i}
        spec:
          selector:
            app: app{i}
          ports:
            - port: 80
              targetPort: 8080
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: app{i}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: app{i}
        data:
          LEVEL: info
          ENDPOINT: https://app{i}.example.com/api
        """;
}

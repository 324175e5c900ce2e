using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Sandbox;

/// <summary>Installs the toolkit's CRDs, which are part of this assembly, and waits until they are served.</summary>
internal static class CustomResources
{
    private const string Prefix = "Crds/";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static async Task InstallAsync(KubeClient client, TimeProvider time, CancellationToken cancellation)
    {
        var definitions = Read();
        foreach (var definition in definitions)
        {
            await client.ApplyAsync(PathOf(definition), definition, new WriteOptions { FieldManager = "sandbox", Force = true }, cancellation);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = new CancellationTokenSource(Deadline, time);
        foreach (var definition in definitions)
        {
            while (!IsEstablished(await client.GetAsync(PathOf(definition), timer.Token)))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, deadline.Token);
            }
        }
    }

    private static List<JsonObject> Read()
    {
        var assembly = typeof(CustomResources).Assembly;
        var definitions = new List<JsonObject>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            definitions.AddRange(YamlReader.ReadAll(reader.ReadToEnd(), name).Select(document => document.Root!.AsObject()));
        }

        return definitions;
    }

    private static ResourcePath PathOf(JsonObject definition) =>
        new("apiextensions.k8s.io", "v1", "customresourcedefinitions", null, (string)definition["metadata"]!["name"]!);

    private static bool IsEstablished(JsonObject? definition) =>
        (definition?["status"]?["conditions"] as JsonArray)?.Any(
            condition => (string?)condition?["type"] == "Established" && (string?)condition["status"] == "True") == true;
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>What stands in config/.</summary>
internal static class ConfigFiles
{
    /// <summary>All objects in a folder of config/, without the kustomization.yaml.</summary>
    public static IReadOnlyList<JsonObject> In(string folder) =>
    [
        .. Directory.GetFiles(Path.Combine(SourceTree.Root, "config", folder), "*.yaml", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) != "kustomization.yaml")
            .Order(StringComparer.Ordinal)
            .SelectMany(f => YamlReader.ReadAll(File.ReadAllText(f), f))
            .Select(d => d.Root!.AsObject()),
    ];

    /// <summary>The kustomization.yaml of a folder.</summary>
    public static JsonObject Kustomization(string folder) =>
        YamlReader.ReadOne(File.ReadAllText(Path.Combine(SourceTree.Root, "config", folder, "kustomization.yaml"))).Root!.AsObject();

    /// <summary>What `kubectl kustomize` makes of a folder, or null where there is no kubectl.</summary>
    public static IReadOnlyList<JsonObject>? Build(string folder)
    {
        var start = new ProcessStartInfo("kubectl") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("kustomize");
        start.ArgumentList.Add(Path.Combine(SourceTree.Root, "config", folder));
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? [.. YamlReader.ReadAll(text).Select(d => d.Root!.AsObject())]
                : throw new InvalidOperationException(errors.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    public static string Kind(this JsonObject json) => (string)json["kind"]!;

    public static string Name(this JsonObject json) => (string)json["metadata"]!["name"]!;

    public static string? Label(this JsonObject json, string key) => (string?)json["metadata"]?["labels"]?[key];

    public static IEnumerable<string> Strings(this JsonNode? node) => (node?.AsArray() ?? []).Select(n => (string)n!);
}

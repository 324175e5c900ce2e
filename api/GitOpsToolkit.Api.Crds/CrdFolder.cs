using System.Text.Json.Nodes;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Api.Crds;

/// <summary>The folder with the generated files.</summary>
internal static class CrdFolder
{
    /// <summary>The first line of every file, by which files of a former kind are recognised.</summary>
    public const string Marker = "# Generated from the records in api/GitOpsToolkit.Api by `make manifests`: change those instead.";

    /// <summary>Writes the CRDs, one file each, and removes generated files of kinds that are gone.</summary>
    public static void Write(string folder, IReadOnlyList<JsonObject> crds)
    {
        Directory.CreateDirectory(folder);
        var files = crds.ToDictionary(FileName, Render);
        foreach (var path in Directory.EnumerateFiles(folder, "*.yaml"))
        {
            if (!files.ContainsKey(Path.GetFileName(path)) && File.ReadLines(path).FirstOrDefault() == Marker)
            {
                File.Delete(path);
            }
        }

        foreach (var (name, text) in files)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }
    }

    /// <summary>Group and plural, as controller-gen names its files.</summary>
    public static string FileName(JsonObject crd)
    {
        var spec = crd["spec"]!;
        return $"{(string)spec["group"]!}_{(string)spec["names"]!["plural"]!}.yaml";
    }

    /// <summary>The text of a file.</summary>
    public static string Render(JsonObject crd) => $"{Marker}\n---\n{YamlWriter.Write(crd)}";
}

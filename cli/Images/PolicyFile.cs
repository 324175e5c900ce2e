using System.Text.Json.Nodes;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Cli.Images;

/// <summary>Finds the ImagePolicy in a file of manifests.</summary>
internal static class PolicyFile
{
    private const int MaxBytes = 16 << 20;

    /// <exception cref="FormatException">The file is too large, is no YAML, or holds no ImagePolicy or several.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static JsonObject Read(string path)
    {
        try
        {
            var policies = YamlReader.ReadAll(InputFile.Read(path, MaxBytes), path)
                .Where(document => document.Root is JsonObject root && root["kind"]?.ToString() == "ImagePolicy").ToArray();
            return policies.Length == 1
                ? policies[0].Root!.AsObject()
                : throw new FormatException($"{path} holds {policies.Length} objects of kind ImagePolicy; it must be one");
        }
        catch (YamlReadException error)
        {
            throw new FormatException(error.Message, error);
        }
    }
}

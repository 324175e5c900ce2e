using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>The short text that tells one pod template from another, in names and labels.</summary>
internal static class TemplateHash
{
    public const string PodTemplateHash = "pod-template-hash";
    public const string ControllerRevisionHash = "controller-revision-hash";

    // Kubernetes' own alphabet for such names: no vowels, so that no word comes out.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    public static string Of(JsonNode? template)
    {
        var text = new StringBuilder();
        Canonical(template, text);
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return string.Concat(digest.Take(9).Select(value => Alphabet[value % Alphabet.Length]));
    }

    /// <summary>Five letters for the end of a pod's name.</summary>
    public static string Suffix(Random random)
    {
        lock (random)
        {
            return string.Concat(Enumerable.Range(0, 5).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
        }
    }

    /// <summary>The order of members means nothing, so it may not change the hash.</summary>
    private static void Canonical(JsonNode? node, StringBuilder text)
    {
        switch (node)
        {
            case JsonObject members:
                text.Append('{');
                foreach (var (name, value) in members.Where(member => member.Value is not null).OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    text.Append(name).Append(':');
                    Canonical(value, text);
                }

                text.Append('}');
                break;
            case JsonArray items:
                text.Append('[');
                foreach (var item in items)
                {
                    Canonical(item, text);
                    text.Append(',');
                }

                text.Append(']');
                break;
            default:
                text.Append(node?.ToJsonString());
                break;
        }
    }
}

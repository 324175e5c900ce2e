using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Comparing;

/// <summary>
/// Gives what a server makes up (uids, versions, generated names) names that are the same on every server: the first version of
/// object a is <c>&lt;rv a 1&gt;</c>. So an answer that keeps a version is told from one that changes it.
/// </summary>
internal sealed partial class Identities
{
    private readonly Dictionary<string, string> uids = [];
    private readonly Dictionary<string, string> names = [];
    private readonly Dictionary<(string Object, string Version), string> versions = [];
    private readonly Dictionary<string, int> counts = [];

    /// <summary>Learns from all objects in an answer.</summary>
    public void Learn(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (var item in list)
                {
                    Learn(item);
                }

                break;
            case JsonObject map:
                if (map["metadata"] is JsonObject meta)
                {
                    LearnMeta(meta);
                }

                foreach (var (_, value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    Learn(value);
                }

                break;
        }
    }

    /// <summary>The name of an object's version; null for a version that belongs to no object: a list's or a bookmark's.</summary>
    public string? Version(JsonObject meta) =>
        NameOf(meta) is { } name && meta["resourceVersion"] is JsonValue version ? versions.GetValueOrDefault((name, version.ToString())) : null;

    /// <summary>A text in which all made-up names and uids have their common name.</summary>
    public string In(string text)
    {
        foreach (var (made, common) in names)
        {
            text = text.Replace(made, common, StringComparison.Ordinal);
        }

        return Uid().Replace(text, match => uids.GetValueOrDefault(match.Value, "<uid>"));
    }

    private void LearnMeta(JsonObject meta)
    {
        if (NameOf(meta) is not { } name)
        {
            return;
        }

        if (meta["generateName"] is JsonValue prefix && name.StartsWith(prefix.ToString(), StringComparison.Ordinal)
            && Suffix().IsMatch(name[prefix.ToString().Length..]) && !names.ContainsKey(name))
        {
            names[name] = Count(prefix + "<random>");
        }

        if (meta["uid"] is JsonValue uid && !uids.ContainsKey(uid.ToString()))
        {
            uids[uid.ToString()] = Count($"<uid {In(name)}>");
        }

        if (meta["resourceVersion"] is JsonValue version && version.ToString().Length > 0 && !versions.ContainsKey((name, version.ToString())))
        {
            var key = $"<rv {In(name)}";
            versions[(name, version.ToString())] = $"{key} {Next(key)}>";
        }
    }

    private static string? NameOf(JsonObject meta) => meta["name"]?.ToString();

    private int Next(string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    private string Count(string label)
    {
        var number = Next(label);
        return number == 1 ? label : $"{label[..^1]} {number}>";
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.NonBacktracking)]
    private static partial Regex Uid();

    [GeneratedRegex("^[bcdfghjklmnpqrstvwxz2456789]{5}$", RegexOptions.NonBacktracking)]
    private static partial Regex Suffix();
}

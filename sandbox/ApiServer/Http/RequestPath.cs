namespace GitOpsToolkit.Sandbox.ApiServer.Http;

/// <summary>A resource path taken apart: /api/v1/… or /apis/GROUP/VERSION/…</summary>
internal sealed record RequestPath(string Group, string Version, string Namespace, string Plural, string Name, string Subresource)
{
    /// <summary>Whether it is the old form of a watch: with <c>/watch/</c> before the resource.</summary>
    public bool IsWatch { get; private init; }

    /// <summary>Null when the path names no resource (discovery, health, unknown).</summary>
    public static RequestPath? Parse(string path)
    {
        var parts = path.Trim('/').Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Uri.UnescapeDataString(parts[i]);
        }

        return parts switch
        {
            ["api", var version, .. var rest] when rest.Length > 0 => Resource("", version, rest),
            ["apis", var group, var version, .. var rest] when rest.Length > 0 => Resource(group, version, rest),
            _ => null,
        };
    }

    private static RequestPath? Resource(string group, string version, string[] parts)
    {
        var space = "";
        var watch = parts is ["watch", _, ..];
        parts = watch ? parts[1..] : parts;
        if (parts is ["namespaces", var name, var next, ..] && !(group.Length == 0 && next is "status" or "finalize" && parts.Length == 3))
        {
            space = name;
            parts = parts[2..];
        }

        if (parts.Length is < 1 or > 3 || parts.Any(p => p.Length == 0))
        {
            return null;
        }

        return new(group, version, space, parts[0], parts.Length > 1 ? parts[1] : "", parts.Length > 2 ? parts[2] : "") { IsWatch = watch };
    }
}

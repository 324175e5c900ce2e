namespace GitOpsToolkit.Sandbox.ApiServer.Http;

internal enum Shape
{
    Object,
    Table,
    Metadata,
}

/// <summary>What the client wants to get: the shape of the answer and its encoding.</summary>
internal sealed record Accepted(Shape Shape, string MetaVersion, bool Yaml)
{
    private static readonly string[] Offered = ["application/json", "application/yaml"];

    public static Accepted Json { get; } = new(Shape.Object, "v1", false);

    /// <summary>Picks the first alternative of an Accept header that this server can give.</summary>
    /// <param name="header">The Accept header; empty means JSON.</param>
    /// <param name="isList">Whether a list is asked for: its metadata form is another kind.</param>
    /// <param name="type">What is asked for, as Go calls it, for refusals.</param>
    /// <param name="isCustom">Whether custom resources are asked for, which another part of a server answers.</param>
    /// <exception cref="ApiError">406: there is none.</exception>
    public static Accepted Parse(string header, bool isList, string type = "", bool isCustom = false)
    {
        if (header.Length == 0)
        {
            return Json;
        }

        var known = isCustom;
        foreach (var (media, parameters) in Alternatives(header))
        {
            known |= media == "application/vnd.kubernetes.protobuf";
            var yaml = media is "application/yaml";
            if (!yaml && media is not ("application/json" or "*/*") && !(isCustom && media == "application/*"))
            {
                continue;
            }

            known = true;

            if (!parameters.TryGetValue("as", out var kind))
            {
                return new(Shape.Object, "v1", yaml);
            }

            if (parameters.GetValueOrDefault("g") == "meta.k8s.io" && parameters.GetValueOrDefault("v") is "v1" or "v1beta1" && Of(kind, isList, type) is { } shape)
            {
                return new(shape, parameters["v"], yaml);
            }
        }

        throw known ? ApiError.NotAcceptable(Offered) : new ApiError(406, "NotAcceptable", "406: Not Acceptable", []);
    }

    /// <summary>The alternatives of an Accept header, the most wanted first.</summary>
    public static IEnumerable<(string Media, Dictionary<string, string> Parameters)> Alternatives(string header) =>
        header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(Split)
            .OrderByDescending(a => a.Parameters.TryGetValue("q", out var q) && double.TryParse(q, out var weight) ? weight : 1.0);

    private static Shape? Of(string kind, bool isList, string type) => kind switch
    {
        "Table" => Shape.Table,
        "PartialObjectMetadata" when isList => throw NotSo($"you requested PartialObjectMetadata, but the requested object is a list (*{type}List)"),
        "PartialObjectMetadataList" when !isList => throw NotSo($"you requested PartialObjectMetadataList, but the requested object is not a list (*{type})"),
        "PartialObjectMetadata" or "PartialObjectMetadataList" => Shape.Metadata,
        _ => null,
    };

    private static ApiError NotSo(string why) => new(406, "NotAcceptable", why);

    private static (string Media, Dictionary<string, string> Parameters) Split(string alternative)
    {
        var parts = alternative.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in parts.Skip(1))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                parameters[part[..equals]] = part[(equals + 1)..];
            }
        }

        return (parts.Length == 0 ? "" : parts[0].ToLowerInvariant(), parameters);
    }
}

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
    /// <exception cref="ApiError">406: there is none.</exception>
    public static Accepted Parse(string header, bool isList)
    {
        if (header.Length == 0)
        {
            return Json;
        }

        foreach (var (media, parameters) in Alternatives(header))
        {
            var yaml = media is "application/yaml";
            if (!yaml && media is not ("application/json" or "*/*" or "application/*"))
            {
                continue;
            }

            if (!parameters.TryGetValue("as", out var kind))
            {
                return new(Shape.Object, "v1", yaml);
            }

            var known = parameters.GetValueOrDefault("g") == "meta.k8s.io" && parameters.GetValueOrDefault("v") is "v1" or "v1beta1";
            if (known && Of(kind, isList) is { } shape)
            {
                return new(shape, parameters["v"], yaml);
            }
        }

        throw ApiError.NotAcceptable(Offered);
    }

    /// <summary>The alternatives of an Accept header, the most wanted first.</summary>
    public static IEnumerable<(string Media, Dictionary<string, string> Parameters)> Alternatives(string header) =>
        header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(Split)
            .OrderByDescending(a => a.Parameters.TryGetValue("q", out var q) && double.TryParse(q, out var weight) ? weight : 1.0);

    private static Shape? Of(string kind, bool isList) => kind switch
    {
        "Table" => Shape.Table,
        "PartialObjectMetadata" when !isList => Shape.Metadata,
        "PartialObjectMetadataList" when isList => Shape.Metadata,
        _ => null,
    };

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

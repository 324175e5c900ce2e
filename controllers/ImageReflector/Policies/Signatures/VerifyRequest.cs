using System.Text.Json.Nodes;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies.Signatures;

/// <summary>Whose signatures an ImagePolicy wants: the value of its annotation <c>verify</c>, with the fields of an OCIRepository's <c>spec.verify</c>.</summary>
public sealed record VerifyRequest
{
    /// <summary>Signed with cosign.</summary>
    public const string Cosign = "cosign";

    /// <summary>Signed with the Notary Project's notation.</summary>
    public const string Notation = "notation";

    private static readonly string[] Fields = ["provider", "secretRef", "matchOIDCIdentity", "trustedRootSecretRef"];

    /// <summary>The tool: <see cref="Cosign"/>, the default, or <see cref="Notation"/>.</summary>
    public string Provider { get; init; } = Cosign;

    /// <summary>The Secret with what is trusted, in the policy's namespace; null for keyless signatures.</summary>
    public string? Secret { get; init; }

    /// <summary>The Secret with the roots of a sigstore of one's own; null for the public one.</summary>
    public string? TrustedRootSecret { get; init; }

    /// <summary>Who may sign keyless: any of these.</summary>
    public IReadOnlyList<OidcIdentityPattern> Identities { get; init; } = [];

    /// <summary>Reads the annotation: a YAML (or JSON) map.</summary>
    /// <exception cref="FormatException">The text is no such map; the message says where and why.</exception>
    internal static VerifyRequest Parse(string text)
    {
        JsonObject map;
        try
        {
            map = YamlReader.ReadOne(text).Root as JsonObject ?? throw new FormatException($"is no map of {string.Join(", ", Fields)}");
        }
        catch (YamlReadException error)
        {
            throw new FormatException(error.Message, error);
        }

        Refuse(map, Fields, "");
        var request = new VerifyRequest
        {
            Provider = map.ContainsKey("provider") ? TextOf(map, "provider", "provider") : Cosign,
            Secret = NameOf(map, "secretRef"),
            TrustedRootSecret = NameOf(map, "trustedRootSecretRef"),
            Identities = IdentitiesOf(map),
        };
        return request.Problem is { } problem ? throw new FormatException(problem) : request;
    }

    private string? Problem => this switch
    {
        { Provider: not (Cosign or Notation) } => $"provider '{Provider}' is neither {Cosign} nor {Notation}",
        { Provider: Notation, Secret: null } => "provider notation needs a secretRef, to a Secret with trustpolicy.json and certificates (*.crt, *.pem)",
        { Provider: Notation, TrustedRootSecret: not null } or { Provider: Notation, Identities.Count: > 0 } =>
            "matchOIDCIdentity and trustedRootSecretRef are for provider cosign",
        { Secret: not null, Identities.Count: > 0 } or { Secret: not null, TrustedRootSecret: not null } =>
            "secretRef is for public keys, matchOIDCIdentity and trustedRootSecretRef are for keyless signatures: set one or the other",
        { Provider: Cosign, Secret: null, Identities.Count: 0 } =>
            "neither secretRef (public keys) nor matchOIDCIdentity (who may sign keyless) is set: anybody's signature would do",
        _ => null,
    };

    private static string? NameOf(JsonObject map, string field)
    {
        if (!map.TryGetPropertyValue(field, out var node))
        {
            return null;
        }

        var reference = node as JsonObject ?? throw new FormatException($"{field} is no map with a name");
        Refuse(reference, ["name"], $"{field}.");
        return TextOf(reference, "name", $"{field}.name");
    }

    private static IReadOnlyList<OidcIdentityPattern> IdentitiesOf(JsonObject map)
    {
        if (!map.TryGetPropertyValue("matchOIDCIdentity", out var node))
        {
            return [];
        }

        var items = node as JsonArray ?? throw new FormatException("matchOIDCIdentity is no list of {issuer, subject}");
        return [.. items.Select((item, index) =>
        {
            var at = $"matchOIDCIdentity[{index}]";
            var identity = item as JsonObject ?? throw new FormatException($"{at} is no map of issuer and subject");
            Refuse(identity, ["issuer", "subject"], $"{at}.");
            return OidcIdentityPattern.Create(TextOf(identity, "issuer", $"{at}.issuer"), TextOf(identity, "subject", $"{at}.subject"), at);
        })];
    }

    private static void Refuse(JsonObject map, string[] known, string at)
    {
        if (map.Select(entry => entry.Key).FirstOrDefault(key => !known.Contains(key, StringComparer.Ordinal)) is { } unknown)
        {
            throw new FormatException($"{at}{unknown} is no field; there are {string.Join(", ", known)}");
        }
    }

    private static string TextOf(JsonObject map, string field, string at) =>
        map[field] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0
            ? text
            : throw new FormatException($"{at} is missing or no text");
}

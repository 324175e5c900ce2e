using System.Text.Json;
using GitOpsToolkit.Signatures.Formats;

namespace GitOpsToolkit.Signatures.Notation;

/// <summary>What a trust policy says of a repository's signatures.</summary>
/// <param name="Name">The statement's name.</param>
/// <param name="Scopes">Repositories, <c>host/name</c>, or <c>*</c> for the rest.</param>
internal sealed record TrustStatement(string Name, IReadOnlyList<string> Scopes)
{
    /// <summary>Whether nothing is to be verified at all.</summary>
    internal bool Skips { get; init; }

    /// <summary>Whether a signature whose time is not sure is refused.</summary>
    internal bool EnforcesTime { get; init; }

    /// <summary>Whether a signature that has expired is refused.</summary>
    internal bool EnforcesExpiry { get; init; }

    /// <summary>Whether a certificate that may be revoked is refused.</summary>
    internal bool EnforcesRevocation { get; init; }

    /// <summary>The kinds of stores that are trusted: <c>ca</c>, <c>signingAuthority</c>, <c>tsa</c>.</summary>
    internal IReadOnlyList<string> Stores { get; init; } = [];

    /// <summary>Whether timestamps are asked for only when a certificate is over.</summary>
    internal bool TimestampAfterExpiry { get; init; }

    /// <summary>Who may sign; null for anybody under a trusted certificate.</summary>
    internal IReadOnlyList<SubjectIdentity>? Identities { get; init; }
}

/// <summary>Reads <c>trustpolicy.json</c> (trust store and trust policy specification, version 1.0).</summary>
internal static class TrustPolicy
{
    private const string What = "trustpolicy.json";
    private const string Subject = "x509.subject:";
    private const int Most = 256;

    /// <exception cref="TrustException">It cannot be read.</exception>
    internal static IReadOnlyList<TrustStatement> Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = Json.Parse(json, What, SignatureLimits.Default);
            var root = document.RootElement;
            if (root.Text("version", What) != "1.0")
            {
                throw SignatureException.Invalid($"{What} is of the version '{root.Text("version", What)}'; 1.0 is read");
            }

            var statements = root.Items("trustPolicies", What, Most).Select(Statement).ToArray();
            var twice = statements.SelectMany(one => one.Scopes).GroupBy(scope => scope, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
            return statements.Length == 0 ? throw SignatureException.Invalid($"{What} has no trustPolicies")
                : twice is not null ? throw SignatureException.Invalid($"{What} has the scope '{twice.Key}' twice")
                : statements;
        }
        catch (SignatureException error)
        {
            throw new TrustException(error.Message, error);
        }
    }

    private static TrustStatement Statement(JsonElement item)
    {
        var name = item.Text("name", What);
        var what = $"'{name}' of {What}";
        var scopes = Texts(item, "registryScopes", what);
        if (scopes.Count == 0 || (scopes.Count > 1 && scopes.Contains("*", StringComparer.Ordinal)))
        {
            throw SignatureException.Invalid($"{what}: registryScopes has to name repositories (host/name), or to be * alone");
        }

        var verification = item.Member("signatureVerification", what);
        var level = verification.Text("level", what);
        var overrides = verification.Find("override");
        string Action(string check, string fallback)
        {
            var action = overrides?.FindText(check, what) ?? fallback;
            return action is "enforce" or "log" or "skip"
                ? action
                : throw SignatureException.Invalid($"{what}: {check} '{action}' is none of enforce, log and skip");
        }

        var strict = level switch
        {
            "strict" => "enforce",
            "permissive" or "audit" => "log",
            "skip" when overrides is null => "skip",
            "skip" => throw SignatureException.Invalid($"{what}: the level skip has nothing to override"),
            _ => throw SignatureException.Invalid($"{what}: level '{level}' is none of strict, permissive, audit and skip"),
        };
        var stores = level == "skip" ? [] : StoresOf(item, what);
        return new TrustStatement(name, scopes)
        {
            Skips = level == "skip",
            EnforcesTime = Action("authenticTimestamp", strict) == "enforce",
            EnforcesExpiry = Action("expiry", strict) == "enforce",
            EnforcesRevocation = Action("revocation", strict) == "enforce",
            Stores = stores,
            TimestampAfterExpiry = verification.FindText("verifyTimestamp", what) switch
            {
                null or "" or "always" => false,
                "afterCertExpiry" => true,
                var other => throw SignatureException.Invalid($"{what}: verifyTimestamp '{other}' is neither always nor afterCertExpiry"),
            },
            Identities = level == "skip" ? [] : IdentitiesOf(item, what),
        };
    }

    private static IReadOnlyList<string> StoresOf(JsonElement item, string what)
    {
        var stores = Texts(item, "trustStores", what).Select(store => store.Split(':')[0]).ToArray();
        return stores.Length == 0 ? throw SignatureException.Invalid($"{what} has no trustStores")
            : stores.FirstOrDefault(kind => kind is not ("ca" or "signingAuthority" or "tsa")) is { } unknown
                ? throw SignatureException.Invalid($"{what}: the trust store '{unknown}' is none of ca:…, signingAuthority:… and tsa:…")
                : stores;
    }

    private static List<SubjectIdentity>? IdentitiesOf(JsonElement item, string what)
    {
        var identities = Texts(item, "trustedIdentities", what);
        return identities switch
        {
            [] => throw SignatureException.Invalid($"{what} has no trustedIdentities"),
            ["*"] => null,
            _ => [.. identities.Select(identity => identity.StartsWith(Subject, StringComparison.Ordinal)
                ? SubjectIdentity.Parse(identity[Subject.Length..], what)
                : throw SignatureException.Invalid($"{what}: the identity '{identity}' is neither * alone nor x509.subject: with a distinguished name"))],
        };
    }

    private static IReadOnlyList<string> Texts(JsonElement item, string name, string what) =>
        [.. item.Items(name, what, Most).Select(one => one.ValueKind == JsonValueKind.String
            ? one.GetString()!
            : throw SignatureException.Invalid($"{what}: an item of {name} is no text"))];
}

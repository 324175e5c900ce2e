using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies.Signatures;

/// <summary>
/// Somebody who may sign keyless, by Go regular expressions that are searched for, as Flux does: who wants the whole text writes <c>^…$</c>.
/// </summary>
/// <param name="IssuerPattern">What the issuer of the identity token must match.</param>
/// <param name="SubjectPattern">What the subject must match: an address of mail, a workflow.</param>
public sealed record OidcIdentityPattern(string IssuerPattern, string SubjectPattern)
{
    private GoRegex Issuer { get; init; } = null!;

    private GoRegex Subject { get; init; } = null!;

    /// <exception cref="FormatException">A pattern is wrong.</exception>
    internal static OidcIdentityPattern Create(string issuer, string subject, string at) => new(issuer, subject)
    {
        Issuer = Compile(issuer, $"{at}.issuer"),
        Subject = Compile(subject, $"{at}.subject"),
    };

    /// <summary>Whether it is this somebody.</summary>
    internal bool Matches(string issuer, string subject) => Issuer.IsMatch(issuer) && Subject.IsMatch(subject);

    private static GoRegex Compile(string pattern, string at) =>
        GoRegex.TryCompile(pattern, out var regex, out var error) ? regex : throw new FormatException($"{at} '{pattern}': {error}");
}

using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Connections;
using GitOpsToolkit.Controllers.ImageAutomation.Sources;
using GitOpsToolkit.Git;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.PullRequests;
using GitOpsToolkit.Reconciling;

namespace GitOpsToolkit.Controllers.ImageAutomation.PullRequests;

/// <summary>Finds a repository's host and the credentials for its API.</summary>
internal sealed class HostOpener(PullRequestHosts hosts, GitSecretReader secrets)
{
    private const string Key = AutomationAnnotations.PullRequestKey;

    /// <summary>The host, or why there is none.</summary>
    /// <param name="rule">The annotation.</param>
    /// <param name="plan">The repository.</param>
    /// <param name="namespace">The automation's namespace, which the annotation's secret is of.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<(IPullRequestHost? Host, Outcome? Problem)> OpenAsync(
        PullRequestRule rule, GitPlan plan, string @namespace, CancellationToken cancellation)
    {
        if (!HostedRepository.TryRecognise(plan.Mirror.Url.Uri, rule.Host, rule.Api, out var repository, out var error))
        {
            return (null, new Outcome.Stalled(Reasons.InvalidSpec, $"annotation {Key}: {error}"));
        }

        if (rule.SecretRef is null && !repository.SharesCredentials)
        {
            return (null, new Outcome.Stalled(
                Reasons.InvalidSpec,
                $"annotation {Key}: the credentials of {plan.Mirror.Url.Origin} are not shown to {repository.Api}; name a secret with a token for it: secretRef=NAME"));
        }

        try
        {
            var access = rule.SecretRef is { } name
                ? await ReadAsync(@namespace, name, plan, cancellation)
                : new HostAccess { Credential = CredentialOf(plan), Tls = TlsOf(plan.Credentials, withClient: true) };
            return access.Credential is null
                ? (null, new Outcome.Stalled(
                    Reasons.InvalidSpec, $"annotation {Key}: the GitRepository has no token that {repository} could take; name a secret with one: secretRef=NAME"))
                : (hosts.Open(repository, access with { Proxy = plan.Proxy }), null);
        }
        catch (Exception problem) when (problem is FormatException or ApiException)
        {
            return (null, new Outcome.Retry(Reasons.PullRequestFailed, $"annotation {Key}: {problem.Message}"));
        }
    }

    private static HostCredential? CredentialOf(GitPlan plan) =>
        plan.Credentials is { Password: not null } or { BearerToken: not null }
            ? new HostCredential { Username = plan.Credentials.Username, Password = plan.Credentials.Password, BearerToken = plan.Credentials.BearerToken }
            : null;

    /// <summary>The client's certificate is a credential of the repository's URL, its authorities are not.</summary>
    private static TlsSettings? TlsOf(GitCredentials? credentials, bool withClient)
    {
        var (ca, certificate, key) = (credentials?.CaCertificates ?? "", credentials?.ClientCertificate ?? "", credentials?.ClientKey ?? "");
        if (!withClient)
        {
            (certificate, key) = ("", "");
        }

        return ca.Length + certificate.Length == 0 ? null
            : TlsSettings.TryCreate(ca, certificate, key, out var tls, out var problem) ? tls
            : throw new FormatException($"the certificates of the GitRepository's secret cannot be used: {problem}");
    }

    private async Task<HostAccess> ReadAsync(string @namespace, string name, GitPlan plan, CancellationToken cancellation)
    {
        var data = await secrets.DataAsync(@namespace, name, cancellation);
        if (!HostCredential.TryRead(data, out var credential, out var problem))
        {
            throw new FormatException($"secret '{@namespace}/{name}' {problem}");
        }

        if ((data.GetValueOrDefault("ca.crt") ?? data.GetValueOrDefault("caFile")) is not { Length: > 0 } ca)
        {
            return new HostAccess { Credential = credential, Tls = TlsOf(plan.Credentials, withClient: false) };
        }

        return TlsSettings.TryCreate(ca, "", "", out var tls, out problem)
            ? new HostAccess { Credential = credential, Tls = tls }
            : throw new FormatException($"secret '{@namespace}/{name}': {problem}");
    }
}

using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.Connections;
using GitOpsToolkit.Git;
using GitOpsToolkit.Git.Signing;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;

namespace GitOpsToolkit.Controllers.ImageAutomation.Sources;

/// <summary>Works out a run's <see cref="GitPlan"/> from the automation and the GitRepository that it names.</summary>
internal sealed class GitPlanner(WatchCache<GitRepository> repositories, GitSecretReader secrets,
    SigningKeys keys, GitMirrorStore mirrors, bool noCrossNamespaceRefs)
{
    /// <summary>The fields of a GitRepository that change how it is reached and are not honoured here.</summary>
    private static readonly string[] Unsupported = ["provider=generic", "serviceAccountName"];

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    /// <summary>The key of the GitRepository that an automation names.</summary>
    internal static ObjectKey SourceKey(ImageUpdateAutomation automation)
    {
        var reference = automation.Spec.SourceRef;
        return new ObjectKey(reference.Namespace is { Length: > 0 } other ? other : automation.Metadata.Namespace ?? "", reference.Name);
    }

    /// <summary>The plan, or why there is none.</summary>
    public async Task<(GitPlan? Plan, Outcome? Problem)> PlanAsync(ImageUpdateAutomation automation, CancellationToken cancellation)
    {
        var spec = automation.Spec;
        var key = SourceKey(automation);
        if (spec.SourceRef.Kind != "GitRepository")
        {
            return Invalid($"source kind '{spec.SourceRef.Kind}' not supported");
        }

        if (spec.Git is not { } git)
        {
            return Invalid("invalid source configuration: no git specification, set spec.git");
        }

        if (noCrossNamespaceRefs && key.Namespace != automation.Metadata.Namespace)
        {
            return (null, new Outcome.Stalled(Reasons.AccessDenied,
                $"can't access 'GitRepository/{key}', cross-namespace references have been blocked"));
        }

        if (repositories.Find(key) is not { } entry)
        {
            return Failed($"failed to get source 'GitRepository/{key}': not found");
        }

        if (entry.Value is not { } repository || !entry.IsValid)
        {
            return Failed($"source 'GitRepository/{key}' is invalid: {string.Join("; ", entry.Errors)}");
        }

        var used = UnsupportedFields.Find(ToolkitJson.ToElement(repository).GetProperty("spec"), Unsupported);
        if (used.Count > 0)
        {
            return Invalid($"source 'GitRepository/{key}': {UnsupportedFields.Message(used)}");
        }

        return GitPlan.PushBranchOf(git, repository) is { } branch
            ? await ConnectAsync(automation, git, repository, key, branch, cancellation)
            : Invalid(
                "invalid source configuration: push spec not provided, and cannot be inferred from .spec.git.checkout.ref or GitRepository .spec.ref");
    }

    private async Task<(GitPlan? Plan, Outcome? Problem)> ConnectAsync(
        ImageUpdateAutomation automation, GitSpec git, GitRepository repository, ObjectKey key, string branch, CancellationToken cancellation)
    {
        GitUrl url;
        GitCredentials? credentials;
        try
        {
            url = GitUrl.Parse(repository.Spec.Url, out credentials);
        }
        catch (GitException error)
        {
            return Invalid($"source 'GitRepository/{key}': {error.Message}");
        }

        if (url.IsSsh && (repository.Spec.SecretRef is null || repository.Spec.ProxySecretRef is not null))
        {
            return Invalid($"source 'GitRepository/{key}': {(repository.Spec.SecretRef is null
                ? "SSH needs a secret with 'identity' and 'known_hosts', named by spec.secretRef"
                : "spec.proxySecretRef is used for http and https only, none for ssh")}");
        }

        ProxySettings? proxy = null;
        ICommitSigner? signer = null;
        try
        {
            if (repository.Spec.SecretRef is { } secret)
            {
                credentials = await secrets.ReadAsync(url, key.Namespace, secret.Name, cancellation);
            }

            if (repository.Spec.ProxySecretRef is { } proxySecret)
            {
                proxy = await secrets.ReadProxyAsync(key.Namespace, proxySecret.Name, cancellation);
            }

            if (git.Commit.SigningKey is { } signingKey)
            {
                signer = await keys.OpenAsync(automation.Metadata.Namespace ?? "", signingKey, cancellation);
            }
        }
        catch (Exception error) when (error is FormatException or ApiException or GitException)
        {
            return Failed(error.Message);
        }

        var plan = new GitPlan
        {
            Mirror = mirrors.Get(url, credentials, proxy),
            Checkout = GitPlan.CheckoutOf(git, repository),
            PushBranch = branch,
            Timeout = repository.Spec.Timeout?.ToTimeSpan() is { Ticks: > 0 } timeout ? timeout : DefaultTimeout,
            Signer = signer,
            Credentials = credentials,
            Proxy = proxy,
            PushOptions = [.. (git.Push?.Options ?? new Dictionary<string, string>(StringComparer.Ordinal))
                .OrderBy(option => option.Key, StringComparer.Ordinal).Select(option => $"{option.Key}={option.Value}")],
        };
        return (plan, null);
    }

    private static (GitPlan? Plan, Outcome? Problem) Invalid(string message) =>
        (null, new Outcome.Stalled(Reasons.InvalidSourceConfiguration, message));

    private static (GitPlan? Plan, Outcome? Problem) Failed(string message) =>
        (null, new Outcome.Retry(Reasons.SourceManagerFailed, $"failed configuring source manager: {message}"));
}

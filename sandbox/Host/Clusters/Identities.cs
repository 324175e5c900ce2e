using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using k8s;

namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>
/// The controllers' connections: each works under its own ServiceAccount, with the rights that <c>config/rbac</c> gives to it and no others,
/// although all run in one process here.
/// </summary>
internal sealed class Identities(ICluster cluster, KubeClient administrator, Action<ControllerRequest>? seen) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, ServiceAccountToken> _tokens = new();

    /// <summary>A controller's client.</summary>
    public KubeClient For(string controller)
    {
        var configuration = cluster.Administrator();
        var bare = new KubernetesClientConfiguration
        {
            Host = configuration.Host,
            SslCaCerts = configuration.SslCaCerts,
            SkipTlsVerify = configuration.SkipTlsVerify,
            TlsServerName = configuration.TlsServerName,
            TokenProvider = Token(controller),
        };
        DelegatingHandler[] handlers = seen is null ? [] : [new RequestObserver(controller, seen)];
        return KubeConnection.Create(bare, null, administrator.Time, handlers);
    }

    /// <summary>The token that a controller works with: a secret.</summary>
    public async Task<string> TokenOfAsync(string controller, CancellationToken cancellation) =>
        (await Token(controller).GetAuthenticationHeaderAsync(cancellation)).Parameter!;

    /// <summary>Waits until the server has taken notice of a controller's role and its binding: it reads them with a delay.</summary>
    public async Task UntilAllowedAsync(string controller, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(Patience, administrator.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        while (!await IsAllowedAsync(controller, either.Token))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), administrator.Time, either.Token);
        }
    }

    public void Dispose()
    {
        foreach (var token in _tokens.Values)
        {
            token.Dispose();
        }
    }

    private ServiceAccountToken Token(string controller) =>
        _tokens.GetOrAdd(controller, name => new ServiceAccountToken(administrator, Installation.Namespace, Account(name)));

    private async Task<bool> IsAllowedAsync(string controller, CancellationToken cancellation)
    {
        var review = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SubjectAccessReview",
            ["spec"] = new JsonObject
            {
                ["user"] = $"system:serviceaccount:{Installation.Namespace}:{Account(controller)}",
                // Every controller may write events.
                ["resourceAttributes"] = new JsonObject { ["verb"] = "create", ["resource"] = "events", ["namespace"] = Installation.Namespace },
            },
        };
        var answer = await administrator.CreateAsync(
            new ResourcePath("authorization.k8s.io", "v1", "subjectaccessreviews"), review, null, cancellation);
        return (bool?)answer["status"]?["allowed"] == true;
    }

    private static string Account(string controller) => $"{controller}-controller";
}

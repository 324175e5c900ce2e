using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using k8s.Authentication;

namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>The token of a ServiceAccount, as a kubelet gives it to a pod: asked for when it is needed, and anew before it expires.</summary>
internal sealed class ServiceAccountToken(KubeClient administrator, string space, string name) : ITokenProvider, IDisposable
{
    private const int LifetimeSeconds = 3600;

    private readonly SemaphoreSlim _one = new(1, 1);
    private string _token = "";
    private DateTimeOffset _renewAt = DateTimeOffset.MinValue;

    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var now = administrator.Time.GetUtcNow();
            if (now >= _renewAt)
            {
                _token = await RequestAsync(cancellationToken);
                _renewAt = now.AddSeconds(LifetimeSeconds * 0.8);
            }

            return new AuthenticationHeaderValue("Bearer", _token);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<string> RequestAsync(CancellationToken cancellation)
    {
        var path = ResourcePath.Core("serviceaccounts", space, name).Sub("token");
        var request = new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenRequest",
            ["spec"] = new JsonObject { ["audiences"] = new JsonArray(), ["expirationSeconds"] = LifetimeSeconds },
        };
        var answer = await administrator.CreateAsync(path, request, null, cancellation);
        return (string?)answer["status"]?["token"] ?? throw new IOException($"the server gave no token for the ServiceAccount {space}/{name}");
    }
}

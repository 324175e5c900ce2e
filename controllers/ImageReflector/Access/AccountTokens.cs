using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Registry.Clouds;

namespace GitOpsToolkit.Controllers.ImageReflector.Access;

/// <summary>Issues tokens of ServiceAccounts for clouds to trust.</summary>
internal sealed class AccountTokens(KubeClient client)
{
    /// <summary>A ServiceAccount as an identity of clouds.</summary>
    internal CloudIdentity Of(JsonObject account, string @namespace, string name)
    {
        var annotations = (account["metadata"]?["annotations"] as JsonObject ?? [])
            .Where(pair => pair.Value is JsonValue value && value.TryGetValue<string>(out _))
            .ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>(), StringComparer.Ordinal);
        return new CloudIdentity(@namespace, name, annotations, (audience, cancellation) => IssueAsync(@namespace, name, audience, cancellation));
    }

    private async Task<string> IssueAsync(string @namespace, string name, string audience, CancellationToken cancellation)
    {
        var request = new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenRequest",
            ["spec"] = new JsonObject { ["audiences"] = new JsonArray(audience) },
        };
        try
        {
            var path = ResourcePath.Core("serviceaccounts", @namespace, name).Sub("token");
            var issued = await client.CreateAsync(path, request, options: null, cancellation);
            return issued["status"]?["token"]?.GetValue<string>() ?? throw Failed("the API server gave none", inner: null);
        }
        catch (ApiException error)
        {
            throw Failed(error.Message, error);
        }

        RegistryException Failed(string why, Exception? inner) => new(
            RegistryFault.Authentication, $"failed to create a token of serviceaccount '{@namespace}/{name}': {why}", inner);
    }
}

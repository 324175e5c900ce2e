using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer;

namespace GitOpsToolkit.Kubernetes.Tests;

/// <summary>Clients of the sandbox's API server.</summary>
internal static class Sandbox
{
    public static KubeClient Client(this ApiServer server, KubeClientOptions? options = null)
    {
        var authority = new X509Certificate2Collection();
        authority.ImportFromPem(server.CertificateAuthorityPem);
        return KubeConnection.ToServer(server.Url, server.Token, authority, options);
    }

    public static JsonObject ConfigMap(string name, string value = "1", string? label = null)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (label is not null)
        {
            metadata["labels"] = new JsonObject { ["app"] = label };
        }

        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = metadata, ["data"] = new JsonObject { ["key"] = value } };
    }
}

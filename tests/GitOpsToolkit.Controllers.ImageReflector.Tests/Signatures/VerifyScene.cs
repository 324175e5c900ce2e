using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Signatures;

/// <summary>A cluster and a registry with images that are signed or not, and a policy that wants signatures.</summary>
internal sealed class VerifyScene : IAsyncDisposable
{
    internal const string ByKeys = "{provider: cosign, secretRef: {name: keys}}";

    private readonly HttpClient http = new();

    private VerifyScene(ReflectorHost host, Uri registry)
    {
        Host = host;
        Pusher = new ArtifactPusher(http, registry, "app");
    }

    internal ReflectorHost Host { get; }

    internal ArtifactPusher Pusher { get; }

    internal CosignPen Pen { get; } = CosignPen.New();

    /// <summary>Starts, with a Secret of the pen's key and images whose tags are given.</summary>
    internal static async Task<VerifyScene> StartAsync(params string[] tags)
    {
        var host = await ReflectorHost.StartAsync();
        var scene = new VerifyScene(host, host.Registry.Url);
        await host.SetSecretAsync("keys", ("cosign.pub", scene.Pen.PublicPem));
        foreach (var tag in tags)
        {
            await scene.Pusher.ImageAsync(tag);
        }

        return scene;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Pen.Dispose();
        http.Dispose();
    }

    /// <summary>Creates ImageRepository and ImagePolicy; the policy has the annotation from its first moment.</summary>
    internal async Task CreateAsync(string verify = ByKeys, string spec = "", string interval = "1h")
    {
        await Host.CreateRepositoryAsync();
        await Host.PatchAsync(ImageRepository.ResourceKind, $$$"""{"spec":{"interval":"{{{interval}}}"}}""");
        await Host.CreatePolicyAsync(spec: $"suspend: true\n{spec}");
        await AnnotateAsync(verify);
        await Host.PatchAsync(ImagePolicy.ResourceKind, """{"spec":{"suspend":false}}""");
    }

    internal Task AnnotateAsync(string? verify) => Host.PatchAsync(
        ImagePolicy.ResourceKind,
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["gitopstoolkit.dev/verify"] = verify } },
        }.ToJsonString());

    /// <summary>The counts of the last election.</summary>
    internal static string? Election(JsonObject policy) => policy["status"]!["election"]?.ToJsonString();

    internal static string? Digest(JsonObject policy) => (string?)policy["status"]!["latestRef"]?["digest"];
}

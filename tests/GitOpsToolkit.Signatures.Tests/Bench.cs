using System.Text.Json.Nodes;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.Signatures.Cosign;
using GitOpsToolkit.Signatures.Keys;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Signatures.Tests;

/// <summary>A registry with images to sign, and the client that verifies.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly HttpClient http = new();
    private readonly OciRegistry registry;

    private Bench(OciRegistry registry)
    {
        this.registry = registry;
        Pusher = new ArtifactPusher(http, registry.Url, "team/app");
        Image = ImageName.TryParse($"{registry.Host}/team/app", out var image, out var error) ? image : throw new InvalidOperationException(error);
    }

    internal ArtifactPusher Pusher { get; }

    internal ImageName Image { get; }

    internal RegistryClient Client { get; } = new(new RegistryClientOptions { RetryDelay = TimeSpan.FromMilliseconds(1) }, TimeProvider.System);

    internal int Requests => registry.Requests.Count;

    internal static async Task<Bench> StartAsync() => new(await OciRegistry.StartAsync(new OciRegistryOptions()));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        http.Dispose();
        await registry.DisposeAsync();
    }

    internal Task<SignatureVerdict> VerifyAsync(ISignatureVerifier verifier, JsonObject image) =>
        verifier.VerifyAsync(new SignedArtifact(Client, Image, (string)image["digest"]!, new RegistryAccess()), CancellationToken.None);

    internal static CosignKeyVerifier ByKeys(params string[] pems) =>
        new([.. pems.Select((pem, index) => new NamedKey($"{index + 1}.pub", VerificationKey.FromPem(pem)))]);
}

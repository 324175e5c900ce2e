using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Signatures.Notation;
using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GitOpsToolkit.Signatures.Tests;

/// <summary>
/// What cosign 3.1.1 and notation 1.3.2 signed once, with keys made for it, as a registry without referrers held it: below tags.
/// </summary>
public sealed class RecordedTests : IAsyncLifetime
{
    private readonly HttpClient http = new();
    private Bench bench = null!;

    public async ValueTask InitializeAsync() => bench = await Bench.StartAsync();

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return bench.DisposeAsync();
    }

    [Theory]
    [InlineData("cosign-key-payload")]
    [InlineData("cosign-key-bundle")]
    public async Task Of_cosign(string name)
    {
        var image = await PlayAsync(name);
        var key = await ReadAsync(name, "cosign.pub");
        Assert.Equal(new SignatureVerdict(SignatureOutcome.Verified, "the key 1.pub"), await bench.VerifyAsync(Bench.ByKeys(key), image));
        using var other = CosignPen.New();
        Assert.Equal(SignatureOutcome.WrongKey, (await bench.VerifyAsync(Bench.ByKeys(other.PublicPem), image)).Outcome);
    }

    [Theory]
    [InlineData("2026-11-23T22:00:00Z", SignatureOutcome.Verified, "CN=verify.test, O=Notary, L=Seattle, S=WA, C=US")]
    [InlineData("2026-11-25T22:00:00Z", SignatureOutcome.Invalid, "its certificate was not valid at 2026-11-25T22:00:00Z")]
    public async Task Of_notation_in_both_envelopes(string at, SignatureOutcome outcome, string message)
    {
        var image = await PlayAsync("notation");
        var policy = """
            {"version":"1.0","trustPolicies":[{"name":"test","registryScopes":["*"],"signatureVerification":{"level":"strict"},
             "trustStores":["ca:test"],"trustedIdentities":["*"]}]}
            """;
        var verifier = new NotationVerifier(
            Encoding.UTF8.GetBytes(policy), [KeyValuePair.Create("ca.crt", Encoding.UTF8.GetBytes(await ReadAsync("notation", "ca.crt")))],
            new FakeTimeProvider(DateTimeOffset.Parse(at)));
        var verdict = await bench.VerifyAsync(verifier, image);
        Assert.Equal(outcome, verdict.Outcome);
        Assert.Contains(message, verdict.Message, StringComparison.Ordinal);
    }

    private static string Folder(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "tests/GitOpsToolkit.Signatures.Tests/testdata", name);
            if (Directory.Exists(path))
            {
                return path;
            }
        }

        throw new DirectoryNotFoundException(name);
    }

    private static Task<string> ReadAsync(string name, string file) =>
        File.ReadAllTextAsync(Path.Combine(Folder(name), file), TestContext.Current.CancellationToken);

    /// <summary>Pushes what was recorded as it was, and gives the image's descriptor.</summary>
    private async Task<JsonObject> PlayAsync(string name)
    {
        var recording = JsonNode.Parse(await ReadAsync(name, "recording.json"))!.AsObject();
        foreach (var blob in recording["blobs"]!.AsArray())
        {
            var content = blob!["text"] is { } text ? Encoding.UTF8.GetBytes((string)text!) : Convert.FromBase64String((string)blob["base64"]!);
            await bench.Pusher.BlobAsync("application/octet-stream", content);
        }

        foreach (var manifest in recording["manifests"]!.AsArray())
        {
            await bench.Pusher.ManifestAsync(
                (string)manifest!["mediaType"]!, Encoding.UTF8.GetBytes((string)manifest["content"]!), (string?)manifest["tag"]);
        }

        return new JsonObject { ["digest"] = (string)recording["digest"]! };
    }
}

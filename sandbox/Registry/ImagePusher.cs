using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>
/// Pushes tiny but real images (a config, one layer, a manifest) over HTTP, to the sandbox's registry or any other: for seeding, for the
/// demonstration story and for tests.
/// </summary>
/// <param name="http">The client; its timeout bounds every request.</param>
/// <param name="registry">The registry's address, for example <c>http://127.0.0.1:5000/</c>.</param>
/// <param name="user">The user name, or null for none.</param>
/// <param name="password">The password, or null for none.</param>
public sealed class ImagePusher(HttpClient http, Uri registry, string? user = null, string? password = null)
{
    /// <summary>Pushes an image and returns its manifest's digest. The same arguments always give the same digest.</summary>
    /// <param name="repository">The repository, for example <c>team/app</c>.</param>
    /// <param name="tag">The tag.</param>
    /// <param name="content">The content of the image's one file, <c>/version</c>; null takes the tag.</param>
    /// <param name="cancellation">Stops the push.</param>
    /// <exception cref="HttpRequestException">The registry refused; the message names the request and the answer.</exception>
    public async Task<string> PushAsync(string repository, string tag, string? content = null, CancellationToken cancellation = default)
    {
        var tar = await LayerAsync(content ?? tag, cancellation);
        var layer = Compress(tar);
        var config = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["architecture"] = "amd64",
            ["os"] = "linux",
            ["config"] = new JsonObject(),
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(RegistryName.Sha256(tar)) },
        }.ToJsonString());
        await PushBlobAsync(repository, config, cancellation);
        await PushBlobAsync(repository, layer, cancellation);
        var manifest = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciManifest,
            ["config"] = Descriptor(MediaTypes.OciConfig, config),
            ["layers"] = new JsonArray(Descriptor(MediaTypes.OciLayer, layer)),
        }.ToJsonString());
        using var answer = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Put, new Uri(registry, $"/v2/{repository}/manifests/{tag}"))
            {
                Content = new ByteArrayContent(manifest) { Headers = { ContentType = new MediaTypeHeaderValue(MediaTypes.OciManifest) } },
            },
            HttpStatusCode.Created,
            cancellation);
        return RegistryName.Sha256(manifest);
    }

    /// <summary>Deletes a tag.</summary>
    /// <exception cref="HttpRequestException">The registry refused.</exception>
    public async Task DeleteAsync(string repository, string tag, CancellationToken cancellation = default)
    {
        using var answer = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Delete, new Uri(registry, $"/v2/{repository}/manifests/{tag}")),
                HttpStatusCode.Accepted, cancellation);
    }

    private static JsonNode Descriptor(string mediaType, byte[] content) =>
        new JsonObject { ["mediaType"] = mediaType, ["digest"] = RegistryName.Sha256(content), ["size"] = content.Length };

    private static async Task<byte[]> LayerAsync(string content, CancellationToken cancellation)
    {
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            var entry = new UstarTarEntry(TarEntryType.RegularFile, "version")
            {
                ModificationTime = DateTimeOffset.UnixEpoch,
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
            };
            await writer.WriteEntryAsync(entry, cancellation);
        }

        return tar.ToArray();
    }

    private static byte[] Compress(byte[] tar)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(tar);
        }

        return zipped.ToArray();
    }

    private async Task PushBlobAsync(string repository, byte[] content, CancellationToken cancellation)
    {
        var digest = RegistryName.Sha256(content);
        using var start = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, new Uri(registry, $"/v2/{repository}/blobs/uploads/")), HttpStatusCode.Accepted,
                cancellation);
        var location = new Uri(registry, start.Headers.Location ?? throw new HttpRequestException("The registry gave no upload Location"));
        var separator = location.Query.Length == 0 ? '?' : '&';
        using var finish = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Put, new Uri($"{location}{separator}digest={digest}"))
            {
                Content = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } },
            },
            HttpStatusCode.Created,
            cancellation);
    }

    private async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> create, HttpStatusCode expected, CancellationToken cancellation)
    {
        using var first = create();
        var answer = await http.SendAsync(first, cancellation);
        if (answer.StatusCode == HttpStatusCode.Unauthorized && user is not null)
        {
            var authorization = await AnswerChallengeAsync(answer, cancellation);
            answer.Dispose();
            using var second = create();
            second.Headers.Authorization = authorization;
            answer = await http.SendAsync(second, cancellation);
        }

        if (answer.StatusCode != expected)
        {
            var body = await answer.Content.ReadAsStringAsync(cancellation);
            answer.Dispose();
            throw new HttpRequestException(
                $"{first.Method} {first.RequestUri} answered {(int)answer.StatusCode}: {body}", null, answer.StatusCode);
        }

        return answer;
    }

    private async Task<AuthenticationHeaderValue> AnswerChallengeAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var basic = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        var challenge = answer.Headers.WwwAuthenticate.FirstOrDefault(header => header.Scheme == "Bearer")?.Parameter;
        if (challenge is null)
        {
            return basic;
        }

        var query = $"service={Uri.EscapeDataString(Parameter(challenge, "service"))}&scope={Uri.EscapeDataString(Parameter(challenge, "scope"))}";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{Parameter(challenge, "realm")}?{query}"));
        request.Headers.Authorization = basic;
        using var reply = await http.SendAsync(request, cancellation);
        reply.EnsureSuccessStatusCode();
        var token = JsonNode.Parse(await reply.Content.ReadAsStringAsync(cancellation))?["token"]?.GetValue<string>();
        return new AuthenticationHeaderValue("Bearer", token);
    }

    private static string Parameter(string challenge, string name)
    {
        var start = challenge.IndexOf($"{name}=\"", StringComparison.Ordinal);
        if (start < 0)
        {
            return "";
        }

        start += name.Length + 2;
        return challenge[start..challenge.IndexOf('"', start)];
    }
}

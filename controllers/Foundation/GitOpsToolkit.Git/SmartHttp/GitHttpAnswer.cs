using System.Text;

namespace GitOpsToolkit.Git;

/// <summary>An answer whose body is still to be read; disposing of it gives the connection back.</summary>
internal sealed class GitHttpAnswer(HttpResponseMessage response, HttpRequestMessage request, IDisposable lease) : IDisposable
{
    private const int MaxWords = 4096;

    /// <summary>The status and the headers.</summary>
    public HttpResponseMessage Response => response;

    /// <summary>The body's media type, without parameters; empty where none is given.</summary>
    public string MediaType => response.Content.Headers.ContentType?.MediaType ?? "";

    /// <summary>The body as pkt-lines.</summary>
    public async Task<PktLineReader> LinesAsync(long maxBytes, CancellationToken cancel) =>
        new(await response.Content.ReadAsStreamAsync(cancel), maxBytes);

    /// <summary>What the server says of a refusal where it does so in plain text, as git shows it; else empty.</summary>
    public async Task<string> WordsAsync(CancellationToken cancel)
    {
        if (MediaType != "text/plain")
        {
            return "";
        }

        var (buffer, length) = (new byte[MaxWords], 0);
        var body = await response.Content.ReadAsStreamAsync(cancel);
        while (length < buffer.Length && await body.ReadAsync(buffer.AsMemory(length), cancel) is > 0 and var read)
        {
            length += read;
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        response.Dispose();
        request.Dispose();
        lease.Dispose();
    }
}

/// <summary>The media types of the smart HTTP protocol (gitprotocol-http).</summary>
internal static class ContentTypes
{
    public const string Advertisement = "application/x-git-upload-pack-advertisement";
    public const string UploadPackRequest = "application/x-git-upload-pack-request";
    public const string UploadPackResult = "application/x-git-upload-pack-result";
}

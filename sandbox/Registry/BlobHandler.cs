using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>Blobs by digest, whole or a range of their bytes.</summary>
internal sealed class BlobHandler(Catalog catalog, BlobStore blobs)
{
    internal async Task GetAsync(HttpContext http, string repository, string digest)
    {
        await using var content = (catalog.HasBlob(repository, digest)
            ? blobs.Open(digest)
            : null) ?? throw RegistryException.BlobUnknown(digest);
        http.Response.Headers[Answers.ContentDigest] = digest;
        http.Response.Headers.AcceptRanges = "bytes";
        http.Response.ContentType = "application/octet-stream";
        var (from, length) = (0L, content.Length);
        if (RangeHeaderValue.TryParse(http.Request.Headers.Range.ToString(), out var range) && range.Ranges.Count == 1)
        {
            (from, length) = Slice(range.Ranges.Single(), content.Length);
            if (length <= 0)
            {
                http.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                http.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{content.Length}");
                return;
            }

            http.Response.StatusCode = StatusCodes.Status206PartialContent;
            http.Response.Headers.ContentRange = string.Create(
                CultureInfo.InvariantCulture, $"bytes {from}-{from + length - 1}/{content.Length}");
        }

        http.Response.ContentLength = length;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        content.Position = from;
        await CopyAsync(content, http.Response.Body, length, http.RequestAborted);
    }

    internal void Delete(HttpContext http, string repository, string digest)
    {
        if (!catalog.RemoveBlob(repository, digest))
        {
            throw RegistryException.BlobUnknown(digest);
        }

        http.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static (long From, long Length) Slice(RangeItemHeaderValue range, long size)
    {
        var from = range.From ?? Math.Max(0, size - (range.To ?? 0));
        var to = range.From is null ? size - 1 : Math.Min(size - 1, range.To ?? (size - 1));
        return (from, to - from + 1);
    }

    private static async Task CopyAsync(Stream from, Stream to, long length, CancellationToken cancellation)
    {
        var buffer = new byte[64 << 10];
        while (length > 0)
        {
            var read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), cancellation);
            if (read == 0)
            {
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            length -= read;
        }
    }
}

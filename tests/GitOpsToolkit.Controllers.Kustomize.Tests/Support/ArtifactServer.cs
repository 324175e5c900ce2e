using System.Collections.Concurrent;
using GitOpsToolkit.Archives;
using GitOpsToolkit.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Controllers.Kustomize.Tests.Support;

/// <summary>A file server on loopback, as the source-controller has one.</summary>
public sealed class ArtifactServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private WebApplication? _app;
    private int _requests;
    private int _failures;

    /// <summary>How many downloads were asked for.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public string BaseUrl => _app!.Urls.First();

    public static async Task<ArtifactServer> StartAsync()
    {
        var server = new ArtifactServer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        server._app = builder.Build();
        server._app.MapGet("/{**path}", (string path) => server.Answer(path));
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Answers with 503 this many times before it serves again.</summary>
    public void FailNext(int times) => Volatile.Write(ref _failures, times);

    /// <summary>Packs files and serves them; gives path, digest and size.</summary>
    public (string Url, string Digest, long Size) Publish(IReadOnlyDictionary<string, string> files)
    {
        using var folder = new TempDirectory();
        foreach (var (path, text) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[path])!);
            File.WriteAllText(folder[path], text);
        }

        using var packed = new MemoryStream();
        var summary = ArchiveWriter.Write(new FolderTree(folder.Path), ignore: null, packed);
        var name = $"{summary.Digest.Hex}.tar.gz";
        _files[name] = packed.ToArray();
        return ($"{BaseUrl}/{name}", summary.Digest.ToString(), summary.Size);
    }

    /// <summary>Serves bytes under a name.</summary>
    public string Serve(string name, byte[] content)
    {
        _files[name] = content;
        return $"{BaseUrl}/{name}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
    }

    private IResult Answer(string path)
    {
        Interlocked.Increment(ref _requests);
        if (Interlocked.Decrement(ref _failures) >= 0)
        {
            return Results.StatusCode(503);
        }

        return _files.TryGetValue(path, out var content) ? Results.Bytes(content, "application/gzip") : Results.NotFound();
    }
}

using System.Net;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Archives;

namespace GitOpsToolkit.Controllers.Kustomize;

/// <summary>Why an artifact could not be had.</summary>
/// <param name="message">What failed, with the address and without secrets.</param>
/// <param name="isMissing">Whether the server says that there is no such file (yet).</param>
/// <param name="inner">What was caught.</param>
internal sealed class ArtifactException(string message, bool isMissing = false, Exception? inner = null) : Exception(message, inner)
{
    internal bool IsMissing { get; } = isMissing;
}

/// <summary>An unpacked artifact; it stays on disk as long as it is held.</summary>
internal sealed class ArtifactLease(string path, Action release) : IDisposable
{
    private Action? _release = release;

    /// <summary>The folder.</summary>
    internal string Path { get; } = path;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}

/// <summary>Downloads artifacts, checks their digest before anything is unpacked, and keeps the unpacked folders by digest.</summary>
internal sealed class ArtifactCache : IDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private readonly HttpClient _http;
    private readonly KustomizeOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    internal ArtifactCache(HttpClient http, KustomizeOptions options, TimeProvider time)
    {
        _http = http;
        _options = options;
        _time = time;
        Reset();
    }

    public void Dispose() => Delete(_options.CacheDirectory);

    /// <exception cref="ArtifactException">The artifact could not be downloaded, verified or unpacked.</exception>
    internal async Task<ArtifactLease> GetAsync(Artifact artifact, CancellationToken cancellation)
    {
        if (!Digest.TryParse(artifact.Digest, out var digest))
        {
            throw new ArtifactException($"the artifact has no usable digest ('{artifact.Digest}')");
        }

        var entry = Hold(digest);
        try
        {
            await entry.Filling.WaitAsync(cancellation);
            try
            {
                if (!Directory.Exists(entry.Folder))
                {
                    await FillAsync(artifact, digest, entry.Folder, cancellation);
                }
            }
            finally
            {
                entry.Filling.Release();
            }

            return new ArtifactLease(entry.Folder, () => Release(entry));
        }
        catch
        {
            Release(entry);
            throw;
        }
    }

    private async Task FillAsync(Artifact artifact, Digest digest, string folder, CancellationToken cancellation)
    {
        var file = $"{folder}.tar.gz";
        try
        {
            await DownloadAsync(AddressOf(artifact), file, cancellation);
            await using var archive = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 81920, useAsync: true);
            if (!await digest.MatchesAsync(archive, cancellation))
            {
                throw new ArtifactException($"the artifact {artifact.Url} does not have the digest that its source announces ({digest})");
            }

            archive.Position = 0;
            await ArchiveUnpacker.UnpackAsync(archive, folder, limits: null, cancellation);
        }
        catch (ArchiveException e)
        {
            throw new ArtifactException($"the artifact {artifact.Url} cannot be unpacked: {e.Message}", inner: e);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private Uri AddressOf(Artifact artifact)
    {
        if (!Uri.TryCreate(artifact.Url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new ArtifactException($"the artifact's address '{artifact.Url}' is no http address");
        }

        if (_options.SourceHost.Length == 0)
        {
            return address;
        }

        var host = new Uri($"http://{_options.SourceHost}");
        return new UriBuilder(address) { Host = host.Host, Port = host.Port }.Uri;
    }

    private async Task DownloadAsync(Uri address, string file, CancellationToken cancellation)
    {
        var delay = FirstDelay;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await DownloadOnceAsync(address, file, cancellation);
                return;
            }
            catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.NotFound)
            {
                throw new ArtifactException($"the artifact {address} does not exist", isMissing: true, e);
            }
            catch (Exception e) when (e is HttpRequestException or IOException && attempt < _options.HttpRetry
                && !cancellation.IsCancellationRequested)
            {
                await Task.Delay(delay, _time, cancellation);
                delay = delay * 2 > LongestDelay ? LongestDelay : delay * 2;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                throw new ArtifactException($"failed to download the artifact {address}: {e.Message}", inner: e);
            }
        }
    }

    private async Task DownloadOnceAsync(Uri address, string file, CancellationToken cancellation)
    {
        using var response = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        await using var target = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, 81920, useAsync: true);
        var buffer = new byte[81920];
        long total = 0;
        int read;
        while ((read = await body.ReadAsync(buffer, cancellation)) > 0)
        {
            total += read;
            if (total > _options.MaxArtifactBytes)
            {
                throw new ArtifactException($"the artifact {address} is larger than the limit of {_options.MaxArtifactBytes} bytes");
            }

            await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
    }

    private Entry Hold(Digest digest)
    {
        lock (_gate)
        {
            var key = $"{digest.Algorithm}-{digest.Hex}";
            if (!_entries.TryGetValue(key, out var entry))
            {
                _entries[key] = entry = new Entry(key, Path.Combine(_options.CacheDirectory, key));
            }

            entry.Holders++;
            entry.LastUse = _time.GetTimestamp();
            return entry;
        }
    }

    private void Release(Entry entry)
    {
        lock (_gate)
        {
            entry.Holders--;
            while (_entries.Count > _options.MaxCachedArtifacts
                && _entries.Values.Where(candidate => candidate.Holders == 0).MinBy(candidate => candidate.LastUse) is { } oldest)
            {
                _entries.Remove(oldest.Key);
                Delete(oldest.Folder);
            }
        }
    }

    /// <summary>What a former process left may be incomplete or stale.</summary>
    private void Reset()
    {
        Delete(_options.CacheDirectory);
        Directory.CreateDirectory(_options.CacheDirectory);
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Entry(string key, string folder)
    {
        internal string Key { get; } = key;

        internal string Folder { get; } = folder;

        internal SemaphoreSlim Filling { get; } = new(1, 1);

        internal int Holders { get; set; }

        internal long LastUse { get; set; }
    }
}

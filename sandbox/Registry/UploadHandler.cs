using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>Blobs on their way in: in one piece, in chunks, or mounted from another repository.</summary>
internal sealed class UploadHandler(Catalog catalog, BlobStore blobs, long maxBlobBytes) : IDisposable
{
    private const int MaxSessions = 1000;

    private readonly ConcurrentDictionary<string, Session> sessions = new(StringComparer.Ordinal);

    public void Dispose()
    {
        foreach (var session in sessions.Values)
        {
            session.Dispose();
        }
    }

    internal async Task StartAsync(HttpContext http, string repository)
    {
        var mount = http.Request.Query["mount"].ToString();
        var from = http.Request.Query["from"].ToString();
        if (mount.Length > 0 && catalog.HasBlob(from, mount))
        {
            catalog.AddBlob(repository, mount);
            Answers.Created(http, $"/v2/{repository}/blobs/{mount}", mount);
            return;
        }

        if (sessions.Count >= MaxSessions)
        {
            throw new RegistryException(HttpStatusCode.TooManyRequests, "TOOMANYREQUESTS", $"more than {MaxSessions} uploads are open");
        }

        var session = new Session(Guid.NewGuid().ToString("D"), repository, blobs.CreateScratch());
        sessions[session.Id] = session;
        if (http.Request.Query["digest"].ToString() is { Length: > 0 })
        {
            await FinishAsync(http, repository, session.Id);
            return;
        }

        Progress(http, session, StatusCodes.Status202Accepted);
    }

    internal async Task AppendAsync(HttpContext http, string repository, string id)
    {
        var session = Find(repository, id);
        using (await session.EnterAsync(http.RequestAborted))
        {
            if (http.Request.Headers.ContentRange.ToString() is { Length: > 0 } range && !StartsAt(range, session.Scratch.Length))
            {
                Progress(http, session, StatusCodes.Status416RangeNotSatisfiable);
                return;
            }

            await ReceiveAsync(http, session);
            Progress(http, session, StatusCodes.Status202Accepted);
        }
    }

    internal async Task FinishAsync(HttpContext http, string repository, string id)
    {
        var session = Find(repository, id);
        var digest = http.Request.Query["digest"].ToString();
        if (!RegistryName.IsDigest(digest))
        {
            throw RegistryException.DigestInvalid(digest);
        }

        using (await session.EnterAsync(http.RequestAborted))
        {
            await ReceiveAsync(http, session);
            session.Scratch.Position = 0;
            if (await RegistryName.DigestLikeAsync(digest, session.Scratch, http.RequestAborted) != digest)
            {
                Forget(session);
                throw RegistryException.DigestInvalid(digest);
            }

            sessions.TryRemove(session.Id, out _);
            await blobs.KeepAsync(session.Scratch, digest, http.RequestAborted);
        }

        catalog.AddBlob(repository, digest);
        Answers.Created(http, $"/v2/{repository}/blobs/{digest}", digest);
    }

    internal void Status(HttpContext http, string repository, string id) =>
        Progress(http, Find(repository, id), StatusCodes.Status204NoContent);

    internal void Cancel(HttpContext http, string repository, string id)
    {
        Forget(Find(repository, id));
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static bool StartsAt(string range, long offset) =>
        long.TryParse(range.Replace("bytes ", "", StringComparison.Ordinal).Split('-')[0], CultureInfo.InvariantCulture, out var start)
            && start == offset;

    private static void Progress(HttpContext http, Session session, int status)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.Location = $"/v2/{session.Repository}/blobs/uploads/{session.Id}";
        http.Response.Headers.Range = string.Create(CultureInfo.InvariantCulture, $"0-{Math.Max(0, session.Scratch.Length - 1)}");
        http.Response.Headers["Docker-Upload-UUID"] = session.Id;
    }

    private async Task ReceiveAsync(HttpContext http, Session session)
    {
        session.Scratch.Position = session.Scratch.Length;
        var buffer = new byte[64 << 10];
        for (int read; (read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0;)
        {
            if (session.Scratch.Length + read > maxBlobBytes)
            {
                Forget(session);
                throw RegistryException.TooLarge(maxBlobBytes);
            }

            await session.Scratch.WriteAsync(buffer.AsMemory(0, read), http.RequestAborted);
        }
    }

    private Session Find(string repository, string id) =>
        sessions.TryGetValue(id, out var session) && session.Repository == repository ? session : throw RegistryException.UploadUnknown(id);

    private void Forget(Session session)
    {
        if (sessions.TryRemove(session.Id, out _))
        {
            session.Dispose();
        }
    }

    private sealed record Session(string Id, string Repository, Stream Scratch) : IDisposable
    {
        private readonly SemaphoreSlim turn = new(1);

        // The turn may still be held by the request that forgets the session; it owns no handle.
        public void Dispose() => Scratch.Dispose();

        /// <summary>One request at a time may write.</summary>
        internal async Task<IDisposable> EnterAsync(CancellationToken cancellation)
        {
            await turn.WaitAsync(cancellation);
            return new Turn(turn);
        }

        private sealed class Turn(SemaphoreSlim turn) : IDisposable
        {
            public void Dispose() => turn.Release();
        }
    }
}

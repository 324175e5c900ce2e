namespace GitOpsToolkit.Git;

/// <summary>
/// Lists references over HTTP without the git program (gitprotocol-http, gitprotocol-v2):
/// (1) a server that is known to speak version 2 gets one <c>ls-refs</c>, and that is all;
/// (2) any other is asked for its capabilities;
/// (3) one that speaks version 2 is remembered, and gets its <c>ls-refs</c>;
/// (4) an older one has told its references already;
/// (5) one that serves plain files is none for us, which the caller is told.
/// </summary>
internal sealed class HttpRefLister(GitHttp http, TimeProvider time, int maxBytes) : IDisposable
{
    private const string Operation = "failed to list references of";
    private const string Discovery = "/info/refs?service=git-upload-pack";
    private const int MaxRefs = 1_000_000;
    private const int MaxRedirects = 5;
    private const int MaxCapabilities = 1000;

    private readonly ServerMemory _memory = new(time);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>The references; null where the server speaks only the old protocol of plain files.</summary>
    /// <exception cref="GitException">The failure and its kind.</exception>
    public async Task<IReadOnlyList<GitRef>?> ListAsync(GitEndpoint endpoint, RefScope scope, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(endpoint.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            return await AskAsync(endpoint, scope, either.Token);
        }
        catch (Exception error) when (!cancel.IsCancellationRequested && deadline.IsCancellationRequested)
        {
            var late = new GitException(GitFailure.Timeout, $"no end within {endpoint.Timeout.TotalSeconds:0.###} s", error);
            throw GitFailures.Deadline(Operation, endpoint.Url, endpoint.Timeout, late);
        }
        catch (Exception error) when (!cancel.IsCancellationRequested && HttpFailures.Read(error) is { } read)
        {
            throw GitFailures.Of(read.Failure, Operation, endpoint, endpoint.Redact(GitFailures.Said(read.Said)));
        }
    }

    private async Task<IReadOnlyList<GitRef>?> AskAsync(GitEndpoint endpoint, RefScope scope, CancellationToken cancel)
    {
        // :: Step 1
        if (_memory.Find(endpoint) is { } known)
        {
            try
            {
                return await LsRefsAsync(endpoint, known, scope, cancel);
            }
            catch (GitException error) when (error.Failure != GitFailure.TooLarge)
            {
                // A server that was upgraded, moved or replaced answers otherwise: what it is now decides, and words the failure if there is one.
                _memory.Forget(endpoint);
            }
        }

        // :: Step 2
        using var answer = await DiscoverAsync(endpoint, cancel);
        if (answer.MediaType != ContentTypes.Advertisement)
        {
            // :: Step 5
            return answer.MediaType is "text/html" or "application/xhtml+xml"
                ? throw new GitException(GitFailure.RepositoryNotFound, $"the server answered with a web page ({(int)answer.Response.StatusCode}, {answer.MediaType}) and not as a Git server does")
                : null;
        }

        var lines = await answer.LinesAsync(maxBytes, cancel);
        var first = await FirstAsync(lines, cancel);
        if (!first.Is("version 2"u8))
        {
            // :: Step 4
            var refs = first.Is("version 1"u8) ? await lines.ReadAsync(cancel) : first;
            var told = await new RefListReader(lines, MaxRefs).ReadV0Async(refs, cancel);
            await lines.DrainAsync(cancel);
            return told;
        }

        // :: Step 3
        var abilities = await AbilitiesAsync(lines, BaseOf(answer.Response.RequestMessage!.RequestUri!), cancel);
        var list = await LsRefsAsync(endpoint, abilities, scope, cancel);
        _memory.Keep(endpoint, abilities);
        return list;
    }

    private async Task<IReadOnlyList<GitRef>> LsRefsAsync(GitEndpoint endpoint, ServerAbilities abilities, RefScope scope, CancellationToken cancel)
    {
        var address = new UriBuilder(abilities.Base) { Path = abilities.Base.AbsolutePath.TrimEnd('/') + "/git-upload-pack" }.Uri;
        using var answer = await http.PostAsync(endpoint, address, LsRefsRequest.Body(scope, abilities.TellsFormat), cancel);
        await HttpFailures.ThrowIfRefusedAsync(endpoint, answer, cancel);
        if (answer.MediaType != ContentTypes.UploadPackResult)
        {
            throw new GitException(GitFailure.Other, $"the server answered ls-refs with '{answer.MediaType}'");
        }

        var lines = await answer.LinesAsync(maxBytes, cancel);
        var refs = await new RefListReader(lines, MaxRefs).ReadV2Async(cancel);
        await lines.DrainAsync(cancel);
        return refs;
    }

    /// <summary>Asks for the capabilities. Who presents nothing follows the server elsewhere, as git does; who presents credentials does not.</summary>
    private async Task<GitHttpAnswer> DiscoverAsync(GitEndpoint endpoint, CancellationToken cancel)
    {
        var address = new UriBuilder(endpoint.Url.Uri) { Path = endpoint.Url.Uri.AbsolutePath.TrimEnd('/') + "/info/refs", Query = "service=git-upload-pack" }.Uri;
        for (var redirects = 0; ; redirects++)
        {
            var answer = await http.GetAsync(endpoint, address, cancel);
            try
            {
                if (redirects < MaxRedirects && HttpFailures.Redirection(endpoint, answer) is { } next)
                {
                    answer.Dispose();
                    address = next;
                    continue;
                }

                await HttpFailures.ThrowIfRefusedAsync(endpoint, answer, cancel);
                return answer;
            }
            catch
            {
                answer.Dispose();
                throw;
            }
        }
    }

    /// <summary>The first line after the service's name, which version 2 may leave out.</summary>
    private static async Task<PktLine> FirstAsync(PktLineReader lines, CancellationToken cancel)
    {
        var line = await lines.ReadAsync(cancel);
        if (!line.Is("# service=git-upload-pack"u8))
        {
            return line;
        }

        line = await lines.ReadAsync(cancel);
        return line.Kind == PktKind.Flush ? await lines.ReadAsync(cancel) : line;
    }

    private static async Task<ServerAbilities> AbilitiesAsync(PktLineReader lines, Uri address, CancellationToken cancel)
    {
        var (tellsFormat, lists) = (false, false);
        for (var count = 0; count < MaxCapabilities; count++)
        {
            var line = await lines.ReadAsync(cancel);
            if (line.Kind == PktKind.Flush)
            {
                await lines.DrainAsync(cancel);
                return lists ? new ServerAbilities(address, tellsFormat) : throw new GitException(GitFailure.Other, "the server does not offer ls-refs");
            }

            var text = line.Kind == PktKind.Data ? line.Data : throw PktLineReader.Malformed("it ends before the list of capabilities does");
            lists |= text.Span.SequenceEqual("ls-refs"u8) || text.Span.StartsWith("ls-refs="u8);
            if (text.Span.StartsWith("object-format="u8))
            {
                tellsFormat = text.Span.SequenceEqual("object-format=sha1"u8)
                    ? true
                    : throw new GitException(GitFailure.Other, "the repository's object ids are not SHA-1, which is not supported");
            }
        }

        throw PktLineReader.Malformed($"it has more than {MaxCapabilities} capabilities");
    }

    /// <summary>The repository's address out of that of its capabilities.</summary>
    private static Uri BaseOf(Uri discovery) => new(discovery.AbsoluteUri[..^Discovery.Length]);
}

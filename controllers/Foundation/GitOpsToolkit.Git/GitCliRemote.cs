namespace GitOpsToolkit.Git;

/// <summary>How <see cref="GitCliRemote"/> runs git.</summary>
public sealed record GitCliOptions
{
    /// <summary>The git program.</summary>
    /// <value><c>git</c>, found on PATH; 2.31 or newer.</value>
    public string Program { get; init; } = "git";

    /// <summary>Bytes that one fetch may bring.</summary>
    /// <value>8 GiB.</value>
    public long MaxFetchBytes { get; init; } = 8L << 30;

    /// <summary>Bytes of a server's list of references.</summary>
    /// <value>64 MiB.</value>
    public int MaxListBytes { get; init; } = 64 << 20;
}

/// <summary>Talks to Git servers through the git program. Credentials go by the child's environment as a header that is bound to the
/// URL's origin; they appear in no argument and follow no redirect.</summary>
/// <param name="scratchFolder">Holds certificates and keys while a call that needs them runs; made where it is missing.</param>
/// <param name="options">How git runs.</param>
/// <param name="time">The clock of deadlines.</param>
public sealed class GitCliRemote(string scratchFolder, GitCliOptions options, TimeProvider time) : IGitRemote
{
    private static readonly TimeSpan s_watchEvery = TimeSpan.FromSeconds(1);
    private readonly GitCli _git = new(options.Program, time);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GitRef>> ListRefsAsync(GitEndpoint endpoint, RefScope scope, CancellationToken cancel)
    {
        List<string> arguments = ["ls-remote", "--quiet"];
        if (scope.HasFlag(RefScope.Heads))
        {
            arguments.Add("--heads");
        }

        if (scope.HasFlag(RefScope.Tags))
        {
            arguments.Add("--tags");
        }

        var result = await RunAsync("failed to list references of", endpoint, [.. arguments, "--", endpoint.Url.ToString()], null, cancel);
        return result.ExitCode == 0
            ? ParseRefs(result.Output)
            : throw Failure("failed to list references of", endpoint, result);
    }

    /// <inheritdoc/>
    public async Task FetchAsync(GitEndpoint endpoint, string repositoryPath, IReadOnlyList<string> refspecs, int depth, CancellationToken cancel)
    {
        foreach (var spec in refspecs)
        {
            CheckRefspec(spec);
        }

        List<string> arguments =
        [
            "--git-dir=" + repositoryPath, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance",
        ];
        if (depth > 0)
        {
            arguments.Add($"--depth={depth}");
        }
        else if (File.Exists(Path.Combine(repositoryPath, "shallow")))
        {
            arguments.Add("--unshallow");
        }

        const string operation = "failed to fetch from";
        var result = await RunAsync(operation, endpoint, [.. arguments, "--", endpoint.Url.ToString(), .. refspecs], repositoryPath, cancel);
        if (result.ExitCode != 0)
        {
            throw Failure(operation, endpoint, result);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PushOutcome>> PushAsync(
        GitEndpoint endpoint,
        string repositoryPath,
        IReadOnlyList<PushCommand> commands,
        IReadOnlyList<string> pushOptions,
        CancellationToken cancel)
    {
        List<string> arguments = ["--git-dir=" + repositoryPath, "push", "--porcelain", "--no-verify", "--no-recurse-submodules"];
        foreach (var option in pushOptions)
        {
            arguments.Add("--push-option=" + CheckedOption(option));
        }

        foreach (var command in commands.Where(command => command.ExpectedOldId is not null))
        {
            arguments.Add($"--force-with-lease={RefNames.Checked(command.RefName)}:{CheckedId(command.ExpectedOldId!, mayBeEmpty: true)}");
        }

        const string operation = "failed to push to";
        var refspecs = commands.Select(command =>
            $"{(command.Force && command.ExpectedOldId is null ? "+" : "")}{CheckedId(command.NewId ?? "", mayBeEmpty: true)}:{RefNames.Checked(command.RefName)}");
        var result = await RunAsync(operation, endpoint, [.. arguments, "--", endpoint.Url.ToString(), .. refspecs], null, cancel);
        var outcomes = PushReport.Read(commands, result.Output, result.Error);
        return outcomes?.Select(outcome => outcome with { Message = endpoint.Redact(outcome.Message) }).ToList() ?? throw Failure(operation, endpoint, result);
    }

    private async Task<GitCliResult> RunAsync(
        string operation,
        GitEndpoint endpoint,
        IReadOnlyList<string> arguments,
        string? watched,
        CancellationToken cancel)
    {
        using var files = Files(operation, endpoint);
        using var tooLarge = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, tooLarge.Token);
        await using var watch = watched is null && files.Ssh is null
            ? null
            : time.CreateTimer(_ => StopWhenTooLarge(watched, files.Ssh, tooLarge), null, s_watchEvery, s_watchEvery);
        try
        {
            var settings = new GitCliSettings(Settings(endpoint, files), Variables(endpoint, files));
            var result = await _git.RunAsync(arguments, settings, endpoint.Timeout, options.MaxListBytes, either.Token);

            // The server's own words are in it.
            return result with { Error = endpoint.Redact(result.Error), SshLog = files.Ssh is null ? null : endpoint.Redact(files.Ssh.ReadLog()) };
        }
        catch (GitException error) when (error.Failure is GitFailure.Timeout or GitFailure.TooLarge)
        {
            throw GitFailures.Deadline(operation, endpoint.Url, endpoint.Timeout, error);
        }
        catch (OperationCanceledException) when (tooLarge.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new GitException(GitFailure.TooLarge, $"{operation} '{endpoint.Url}': the repository exceeds the cap of {options.MaxFetchBytes} bytes.");
        }
    }

    private CredentialFiles Files(string operation, GitEndpoint endpoint)
    {
        try
        {
            return new CredentialFiles(scratchFolder, endpoint);
        }
        catch (GitException error)
        {
            throw GitFailures.Of(error.Failure, operation, endpoint, error.Message);
        }
    }

    private static GitException Failure(string operation, GitEndpoint endpoint, GitCliResult result) =>
        result.SshLog is { } log && SshFailures.Read(endpoint, log) is { } read
            ? GitFailures.Of(read.Failure, operation, endpoint, GitFailures.Said(read.Said))
            : GitFailures.From(operation, endpoint, result.Error);

    private static List<(string Name, string? Value)> Variables(GitEndpoint endpoint, CredentialFiles files)
    {
        var variables = (files.Ssh?.Environment ?? []).ToList();
        if (endpoint.Proxy is not null)
        {
            // A Secret's proxy counts for every host.
            variables.AddRange(GitCli.ProxyVariables.Select(name => (name, (string?)null)));
        }

        return variables;
    }

    private static List<(string Key, string Value)> Settings(GitEndpoint endpoint, CredentialFiles files)
    {
        var credentials = endpoint.Credentials;
        var header = credentials?.AuthorizationHeader();
        var secret = header is not null || credentials?.ClientKey is not null;
        List<(string Key, string Value)> settings =
        [
            // After a redirect git goes on using its headers with the new host, so whoever has credentials follows none.
            ("http.followRedirects", secret ? "false" : "initial"),
            ("credential.helper", ""),
            ("core.hooksPath", "/dev/null"),
            ("core.fsync", "none"),
            ("gc.auto", "0"),
            ("protocol.version", "2"),
        ];
        if (header is not null)
        {
            settings.Add(($"http.{endpoint.Url.Origin}.extraHeader", "Authorization: " + header));
        }

        if (endpoint.Proxy is { } proxy)
        {
            settings.Add(("http.proxy", proxy.ToSecretUrl()));
            settings.Add(("http.proxyAuthMethod", "basic"));
        }

        settings.AddRange(files.Settings(endpoint.Url.Origin));
        return settings;
    }

    private void StopWhenTooLarge(string? repositoryPath, SshFiles? ssh, CancellationTokenSource tooLarge)
    {
        try
        {
            var packs = repositoryPath is null ? null : new DirectoryInfo(Path.Combine(repositoryPath, "objects", "pack"));
            if (ssh is { IsLogTooLong: true } || (packs is { Exists: true } && packs.EnumerateFiles("tmp_pack_*").Sum(file => file.Length) > options.MaxFetchBytes))
            {
                tooLarge.Cancel();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The file was renamed, or the fetch ended, while we looked.
        }
    }

    private static List<GitRef> ParseRefs(string output)
    {
        var refs = new Dictionary<string, GitRef>(StringComparer.Ordinal);
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split('\t', 2);
            if (parts.Length != 2 || !RefNames.IsObjectId(parts[0]))
            {
                continue;
            }

            var (id, name) = (parts[0], parts[1]);
            if (!name.EndsWith("^{}", StringComparison.Ordinal))
            {
                refs[name] = new GitRef(name, id);
            }
            else if (refs.TryGetValue(name[..^3], out var tag))
            {
                refs[tag.Name] = tag with { PeeledId = id };
            }
        }

        return [.. refs.Values];
    }

    private static void CheckRefspec(string spec)
    {
        var parts = spec.TrimStart('+').Split(':');
        var wild = parts.Select(part => part.Replace("/*", "/x", StringComparison.Ordinal)).ToArray();
        if (wild.Length != 2 || !(RefNames.IsObjectId(wild[0]) || RefNames.IsFullName(wild[0])) || !RefNames.IsFullName(wild[1]))
        {
            throw new GitException(GitFailure.InvalidInput, $"'{spec}' is no refspec of full names.");
        }
    }

    private static string CheckedId(string id, bool mayBeEmpty) =>
        RefNames.IsObjectId(id) || (mayBeEmpty && id.Length == 0) ? id : throw new GitException(GitFailure.InvalidInput, $"'{GitUrl.Redact(id)}' is no object id.");

    private static string CheckedOption(string option) =>
        option.Any(char.IsControl) ? throw new GitException(GitFailure.InvalidInput, "A push option holds control characters.") : option;
}

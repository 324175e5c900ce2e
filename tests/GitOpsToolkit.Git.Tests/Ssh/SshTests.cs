using System.Net;
using System.Net.Sockets;
using System.Text;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Git.Tests.Ssh;

/// <summary>Git over SSH against Debian's sshd.</summary>
public sealed class SshTests : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private static readonly GitSignature Robot = new("Robot", "robot@example.com", DateTimeOffset.UnixEpoch);
    private readonly TempDirectory _folder = new();
    private GitRemote _remote = null!;
    private GitMirrorStore _store = null!;
    private SshServerProgram? _server;

    private SshServerProgram Server => _server!;

    private GitUrl Url => GitUrl.Parse($"ssh://127.0.0.1:{Server.Port}{Server["repositories"]}/app.git");

    public async ValueTask InitializeAsync()
    {
        _remote = new GitRemote(_folder["scratch 100%"], new GitCliOptions(), TimeProvider.System);
        _store = new GitMirrorStore(_folder["mirrors"], _remote, TimeProvider.System);
        if (SshServerProgram.IsInstalled)
        {
            _server = await SshServerProgram.StartAsync(["ed25519", "rsa"]);
            await SshServerProgram.RunAsync("git", ["init", "--quiet", "--bare", "--initial-branch=main", Path.Combine(Server["repositories"], "app.git")]);
            await Server.OpenAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        _remote.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task List_fetch_and_push_with_options_and_nothing_is_left_behind()
    {
        var mirror = _store.Get(Url, await KeyAsync("ed25519"));
        Assert.True((await mirror.ListRefsAsync(TimeSpan.Zero, Timeout, default)).IsEmpty);
        var hook = Path.Combine(Server["repositories"], "app.git", "hooks", "pre-receive");
        await File.WriteAllTextAsync(hook, "#!/bin/sh\necho \"options: $GIT_PUSH_OPTION_0 $GIT_PUSH_OPTION_1\" >&2\n[ \"$GIT_PUSH_OPTION_0\" != no ]\n");
        File.SetUnixFileMode(hook, (UnixFileMode)0b111_101_101);
        var first = mirror.NewCommit(null).Write("a", "1"u8).Build(Robot, Robot, "first")!;
        Assert.Equal(PushResult.Pushed, (await mirror.PushAsync([new("refs/heads/main", first, "")], ["ci.skip", "x=y z'; \"q\""], Timeout, default))[0].Result);
        var second = mirror.NewCommit(first).Write("a", "2"u8).Build(Robot, Robot, "second")!;
        var refused = (await mirror.PushAsync([new("refs/heads/main", second, first)], ["no"], Timeout, default))[0];
        Assert.Equal((PushResult.RejectedByHook, "pre-receive hook declined; options: no"), (refused.Result, refused.Message));

        var other = _store.Get(Url, await KeyAsync("ecdsa"));
        Assert.Equal(first, (await other.ListRefsAsync(TimeSpan.Zero, Timeout, default)).Find("refs/heads/main")!.Id);
        Assert.Equal(first, await other.FetchAsync("refs/heads/main", null, Timeout, default));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["scratch 100%"]));
    }

    [Theory]
    [InlineData("rsa", "-b", "2048")]
    [InlineData("rsa", "-b", "3072", "-m", "PEM")]
    [InlineData("rsa", "-b", "2048", "-m", "PKCS8")]
    [InlineData("ecdsa", "-b", "256")]
    [InlineData("ecdsa", "-b", "384", "-m", "PEM")]
    [InlineData("ecdsa", "-b", "521", "-m", "PKCS8")]
    [InlineData("ed25519")]
    public async Task Keys_of_every_type_and_form_with_and_without_a_passphrase(string type, params string[] form)
    {
        foreach (var passphrase in new[] { null, "pass $(id) \"wörd'\\" })
        {
            var credentials = await KeyAsync(type, form, passphrase);
            var crlf = credentials with { SshIdentity = credentials.SshIdentity!.TrimEnd().ReplaceLineEndings("\r\n") };
            Assert.Empty(await ListAsync(crlf));
            if (passphrase is not null)
            {
                var error = await FailAsync(credentials with { SshPassphrase = "CANARY" });
                Assert.Equal(GitFailure.Authentication, error.Failure);
                Assert.Contains("the passphrase in the secret's 'password' does not open its 'identity'", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
                error = await FailAsync(credentials with { SshPassphrase = null });
                Assert.Equal(GitFailure.Authentication, error.Failure);
                Assert.Contains("'identity' is encrypted: give its passphrase as 'password'", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_key_that_the_server_does_not_know_is_told_by_its_fingerprint()
    {
        var stranger = await SshServerProgram.NewKeyAsync(_folder["stranger"], "-t", "ed25519");
        var print = (await SshServerProgram.RunAsync("ssh-keygen", ["-lf", _folder["stranger.pub"]])).Split(' ')[1];
        var error = await FailAsync((await KeyAsync("ed25519")) with { SshIdentity = stranger });
        Assert.Equal(GitFailure.Authentication, error.Failure);
        Assert.Contains($"does not let the user 'git' in with the key ED25519 {print} of the secret's 'identity'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Known_hosts_in_all_their_forms()
    {
        var credentials = await KeyAsync("ed25519");
        var (ed, rsa) = (await Server.KnownHostAsync("ed25519"), await Server.KnownHostAsync("rsa"));
        var (host, key) = (ed[..ed.IndexOf(' ', StringComparison.Ordinal)], ed[(ed.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        await File.WriteAllTextAsync(_folder["hashed"], ed + rsa);
        await SshServerProgram.RunAsync("ssh-keygen", ["-q", "-Hf", _folder["hashed"]]);
        var port = Server.Port;
        string[] good =
        [
            ed, rsa, ed + rsa, await File.ReadAllTextAsync(_folder["hashed"]), $"# comment\r\n\r\nother.example.com,{host} {key.TrimEnd()} a comment\r\n",
            $"[127.0.0.*]:{port} {key}", $"*,!example.com {key}", $"127.0.0.1 {key}", $"{host} ssh-ed25519 {Stranger}\n{ed}",
        ];
        foreach (var hosts in good)
        {
            Assert.Empty(await ListAsync(credentials with { SshKnownHosts = hosts }));
        }
    }

    [Fact]
    public async Task A_host_that_is_another_than_pinned_is_told_with_both_fingerprints()
    {
        var credentials = await KeyAsync("ed25519");
        var offered = (await SshServerProgram.RunAsync("ssh-keygen", ["-lf", Server["host_ed25519.pub"]])).Split(' ')[1];
        var host = $"[127.0.0.1]:{Server.Port}";

        var error = await FailAsync(credentials with { SshKnownHosts = $"{host} ssh-ed25519 {Stranger}\n@cert-authority * ssh-ed25519 {Stranger}" });
        Assert.Equal(GitFailure.HostKey, error.Failure);
        Assert.Contains(
            $"the host key of {host} is not the one that the secret's 'known_hosts' pins; it offers ssh-ed25519 {offered}, pinned is ssh-ed25519 SHA256:",
            error.Message, StringComparison.Ordinal);
        Assert.Contains(", @cert-authority ssh-ed25519 SHA256:", error.Message, StringComparison.Ordinal);

        error = await FailAsync(credentials with { SshKnownHosts = $"example.com ssh-ed25519 {Stranger}" });
        Assert.Equal(GitFailure.HostKey, error.Failure);
        Assert.Contains($"the host {host} is not in the secret's 'known_hosts'; it offers ssh-ed25519 {offered}", error.Message, StringComparison.Ordinal);

        var pinned = await Server.KnownHostAsync("ed25519");
        error = await FailAsync(credentials with { SshKnownHosts = pinned + "@revoked " + pinned });
        Assert.Equal(GitFailure.HostKey, error.Failure);
        Assert.Contains($"is marked @revoked in the secret's 'known_hosts': it offered ssh-ed25519 {offered}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_with_a_certificate_is_trusted_by_its_authority()
    {
        Skip();
        await SshServerProgram.NewKeyAsync(_folder["ca"], "-t", "ed25519");
        await using var server = await SshServerProgram.StartAsync(["ed25519"], "HostCertificate $FOLDER/host_ed25519-cert.pub", async home =>
            await SshServerProgram.RunAsync("ssh-keygen", ["-q", "-s", _folder["ca"], "-h", "-I", "host", "-n", "127.0.0.1", home["host_ed25519.pub"]]));
        var credentials = await KeyAsync("ed25519", server: server);
        var authority = (await File.ReadAllTextAsync(_folder["ca.pub"])).Split(' ');
        var url = GitUrl.Parse($"ssh://git@127.0.0.1:{server.Port}/absent");
        var hosts = $"@cert-authority [127.0.0.1]:* {authority[0]} {authority[1]}";
        var error = await Assert.ThrowsAsync<GitException>(() => _remote.ListRefsAsync(new GitEndpoint(url, credentials with { SshKnownHosts = hosts }, Timeout), RefScope.All, default));
        Assert.Equal(GitFailure.RepositoryNotFound, error.Failure);
    }

    [Fact]
    public async Task A_repository_that_is_not_there_is_not_found_and_odd_paths_reach_git_as_they_are()
    {
        var credentials = await KeyAsync("ed25519");
        var odd = Path.Combine(Server["repositories"], "it's; $(id) `x` \"q\".git");
        await SshServerProgram.RunAsync("git", ["init", "--quiet", "--bare", odd]);
        await Server.OpenAsync();
        Assert.Empty(await _remote.ListRefsAsync(Endpoint(Uri.EscapeDataString(Path.GetFileName(odd)), credentials), RefScope.All, default));
        var error = await Assert.ThrowsAsync<GitException>(() => _remote.ListRefsAsync(Endpoint("absent.git", credentials), RefScope.All, default));
        Assert.Equal(GitFailure.RepositoryNotFound, error.Failure);
        Assert.DoesNotContain("correct access rights", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_away_is_unreachable()
    {
        Skip();
        var credentials = await KeyAsync("ed25519");
        var error = await Assert.ThrowsAsync<GitException>(() => _remote.ListRefsAsync(
            new GitEndpoint(GitUrl.Parse($"ssh://127.0.0.1:{ToolFolder.FreePort()}/app"), credentials, Timeout), RefScope.All, default));
        Assert.Equal(GitFailure.Unreachable, error.Failure);
        Assert.Contains("Connection refused", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tarpit_costs_its_timeout_and_leaves_no_process(bool drips)
    {
        var credentials = await KeyAsync("ed25519");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var serving = DripAsync(listener, drips, stop.Token);
        var url = GitUrl.Parse($"ssh://127.0.0.1:{port}/app");

        var error = await Assert.ThrowsAsync<GitException>(() => _remote.ListRefsAsync(
            new GitEndpoint(url, credentials, TimeSpan.FromSeconds(2)), RefScope.All, default));

        Assert.Equal(GitFailure.Timeout, error.Failure);
        await Eventually.TrueAsync(() => !Processes().Any(line => line.Contains($"-p\0{port}", StringComparison.Ordinal)), "ssh is gone");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["scratch 100%"]));
        await stop.CancelAsync();
        await serving;
    }

    private const string Stranger = "AAAAC3NzaC1lZDI1NTE5AAAAIGd5cGhlcmlzYXN0cmFuZ2VydG9ldmVyeWhvc3R0aGUx";

    private static void Skip() => Assert.SkipUnless(SshServerProgram.IsInstalled, SshServerProgram.Missing);

    private static IEnumerable<string> Processes() => Directory.EnumerateDirectories("/proc").Select(folder =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    });

    private static async Task DripAsync(TcpListener listener, bool drips, CancellationToken stop)
    {
        try
        {
            using var client = await listener.AcceptTcpClientAsync(stop);
            if (drips)
            {
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("S"), stop);
            }

            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private GitEndpoint Endpoint(string name, GitCredentials credentials) =>
        new(GitUrl.Parse($"ssh://git@127.0.0.1:{Server.Port}{Server["repositories"]}/{name}"), credentials, Timeout);

    private Task<IReadOnlyList<GitRef>> ListAsync(GitCredentials credentials) => _remote.ListRefsAsync(new GitEndpoint(Url, credentials, Timeout), RefScope.All, default);

    private Task<GitException> FailAsync(GitCredentials credentials) => Assert.ThrowsAsync<GitException>(() => ListAsync(credentials));

    /// <summary>A new key that the server lets in.</summary>
    private async Task<GitCredentials> KeyAsync(string type, string[]? form = null, string? passphrase = null, SshServerProgram? server = null)
    {
        Skip();
        var path = _folder[Guid.NewGuid().ToString("N")];
        var key = await SshServerProgram.NewKeyAsync(path, ["-t", type, "-N", passphrase ?? "", .. form ?? []]);
        await (server ?? Server).AllowAsync(await File.ReadAllTextAsync(path + ".pub"));
        return new GitCredentials { SshIdentity = key, SshKnownHosts = await (server ?? Server).KnownHostAsync("ed25519"), SshPassphrase = passphrase };
    }
}

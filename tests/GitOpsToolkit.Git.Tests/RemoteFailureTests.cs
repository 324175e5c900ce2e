using System.Net;
using System.Net.Sockets;
using System.Text;
using GitOpsToolkit.Sandbox.Git;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Git.Tests;

public sealed class RemoteFailureTests : GitFixture
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Credentials_open_the_door_and_are_shown_nowhere()
    {
        using var copy = await NewRepositoryAsync("closed");
        var id = await copy.PushCommitAsync("first");
        Server.SetAccess("closed", GitAccess.Basic("git", "s3cret:with/colon ü"));
        var right = new GitCredentials { Username = "git", Password = "s3cret:with/colon ü" };

        Assert.Equal(id, await Mirror("closed", right).FetchAsync("refs/heads/main", null, Timeout, None));
        foreach (var wrong in new[] { null, right with { Password = "wr0ng" }, new GitCredentials { BearerToken = "t0ken" } })
        {
            var error = await Assert.ThrowsAsync<GitException>(() => Mirror("closed", wrong).ListRefsAsync(TimeSpan.Zero, Timeout, None));
            Assert.Equal(GitFailure.Authentication, error.Failure);
            Assert.DoesNotContain("terminal", error.Message, StringComparison.Ordinal);
            Assert.Contains(wrong is null ? "in spec.secretRef: 401" : "check that the secret's credentials", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("wr0ng", error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("t0ken", error.ToString(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("s3cret", $"{right} {new GitEndpoint(GitUrl.Parse("http://x/y"), right, Timeout)}", StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Folder["mirrors"], "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != ".owner" && Holds(file, "s3cret")));
    }

    [Fact]
    public async Task What_the_server_echoes_of_the_credentials_is_masked()
    {
        var credentials = new GitCredentials { Username = "git", Password = "s3cret:value" };
        var encoded = Convert.ToBase64String("git:s3cret:value"u8);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var echoing = EchoAsync(listener, $"you sent Basic {encoded}, that is s3cret:value", stop.Token);
        var url = GitUrl.Parse($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/app.git");

        var error = await Assert.ThrowsAsync<GitException>(() => Store.Get(url, credentials).ListRefsAsync(TimeSpan.Zero, Timeout, None));

        Assert.Contains("you sent Basic ***, that is ***", error.ToString(), StringComparison.Ordinal);
        await stop.CancelAsync();
        await echoing;
    }

    [Fact]
    public async Task A_hook_that_echoes_the_credentials_is_masked()
    {
        using var copy = await NewRepositoryAsync("closed");
        await copy.PushCommitAsync("first");
        Server.SetAccess("closed", GitAccess.Basic("git", "s3cret:value"));
        PreReceive = _ => "no s3cret:value here";
        var mirror = Mirror("closed", new GitCredentials { Username = "git", Password = "s3cret:value" });
        var tip = await mirror.FetchAsync("refs/heads/main", null, Timeout, None);
        var robot = new GitSignature("Robot", "robot@example.com", DateTimeOffset.UnixEpoch);
        var id = mirror.NewCommit(tip).Write("b", "2"u8).Build(robot, robot, "mine")!;

        Assert.Equal("pre-receive hook declined; no *** here", (await mirror.PushAsync("main", id, tip, Timeout, None)).Message);
    }

    [Fact]
    public async Task Who_may_not_see_has_no_share_in_what_others_fetched()
    {
        using var copy = await NewRepositoryAsync("closed");
        var id = await copy.PushCommitAsync("first");
        Server.SetAccess("closed", GitAccess.Basic("git", "x"));
        await Mirror("closed", new GitCredentials { Username = "git", Password = "x" }).FetchAsync("refs/heads/main", id, Timeout, None);

        await Assert.ThrowsAsync<GitException>(() => Mirror("closed").FetchAsync("refs/heads/main", id, Timeout, None));
    }

    [Fact]
    public async Task Missing_repositories_and_references_are_told_apart()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first");

        Assert.Equal(GitFailure.RepositoryNotFound, await FailureAsync(() => Mirror("absent").ListRefsAsync(TimeSpan.Zero, Timeout, None)));
        Assert.Equal(GitFailure.RefNotFound, await FailureAsync(() => Mirror("app").FetchAsync("refs/heads/gone", null, Timeout, None)));
        Assert.Equal(GitFailure.InvalidInput, await FailureAsync(() => Mirror("app").FetchAsync("--upload-pack=x", null, Timeout, None)));
        Assert.Equal(GitFailure.InvalidInput, await FailureAsync(() => Mirror("app").FetchAsync(null, null, Timeout, None)));
    }

    [Fact]
    public async Task A_host_that_is_away_is_unreachable()
    {
        var mirror = Store.Get(GitUrl.Parse("http://127.0.0.1:9/x.git"), null);
        Assert.Equal(GitFailure.Unreachable, await FailureAsync(() => mirror.ListRefsAsync(TimeSpan.Zero, Timeout, None)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tarpit_costs_its_timeout_and_leaves_no_process(bool drips)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var dripping = DripAsync(listener, drips, stop.Token);
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/x.git";

        var failure = await FailureAsync(() => Store.Get(GitUrl.Parse(url), null).ListRefsAsync(TimeSpan.Zero, TimeSpan.FromSeconds(1), None));

        Assert.Equal(GitFailure.Timeout, failure);
        await Eventually.TrueAsync(() => ProcessesWith(url).Length == 0, "no process is left");
        await stop.CancelAsync();
        await dripping;
    }

    [Fact]
    public async Task A_cancelled_call_ends_at_once()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var mirror = Store.Get(GitUrl.Parse($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/x.git"), null);
        var call = mirror.FetchAsync("refs/heads/main", null, Timeout, stop.Token);
        using var client = await listener.AcceptTcpClientAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Eventually.Deadline));
    }

    [Fact]
    public async Task Credentials_follow_no_redirect()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var target = Server.CloneUrl("app").AbsoluteUri;
        var redirecting = RedirectAsync(listener, target, stop.Token);
        var url = GitUrl.Parse($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/app.git");
        var before = Server.Requests.Count;

        var failure = await FailureAsync(() => Store.Get(url, new GitCredentials { BearerToken = "t" }).ListRefsAsync(TimeSpan.Zero, Timeout, None));

        Assert.Equal(GitFailure.Redirect, failure);
        Assert.Equal(before, Server.Requests.Count);
        Assert.NotEmpty((await Store.Get(url, null).ListRefsAsync(TimeSpan.Zero, Timeout, None)).Refs);
        await stop.CancelAsync();
        await redirecting;
    }

    [Fact]
    public async Task The_account_s_own_configuration_has_no_say()
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first");
        var hostile = Folder["hostile"];
        await File.WriteAllTextAsync(hostile, $"[url \"http://127.0.0.1:9/\"]\n\tinsteadOf = {Server.Url}\n");
        foreach (var (name, value) in new[] { ("GIT_CONFIG_GLOBAL", hostile), ("GIT_CONFIG_COUNT", "garbage"), ("GIT_DIR", "/nowhere"), ("GIT_TRACE", "1") })
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        try
        {
            Assert.Equal(id, await Mirror("app").FetchAsync("refs/heads/main", null, Timeout, None));
        }
        finally
        {
            foreach (var name in new[] { "GIT_CONFIG_GLOBAL", "GIT_CONFIG_COUNT", "GIT_DIR", "GIT_TRACE" })
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }
    }

    [Fact]
    public async Task A_list_beyond_the_cap_is_cut_off()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first");
        var options = new GitCliOptions { MaxListBytes = 40 };
        using var remote = new GitRemote(Folder["scratch"], options, TimeProvider.System);
        var program = new GitCliRemote(Folder["scratch"], options, TimeProvider.System);
        var endpoint = new GitEndpoint(GitUrl.Parse(Server.CloneUrl("app").AbsoluteUri), null, Timeout);

        Assert.Equal(GitFailure.TooLarge, await FailureAsync(() => remote.ListRefsAsync(endpoint, RefScope.All, None)));
        Assert.Equal(GitFailure.TooLarge, await FailureAsync(() => program.ListRefsAsync(endpoint, RefScope.All, None)));
    }

    [Fact]
    public async Task A_missing_git_is_said()
    {
        var remote = new GitCliRemote(Folder["scratch"], new GitCliOptions { Program = "git-that-is-not-there" }, TimeProvider.System);
        var endpoint = new GitEndpoint(GitUrl.Parse(Server.CloneUrl("app").AbsoluteUri), null, Timeout);

        var error = await Assert.ThrowsAsync<GitException>(() => remote.ListRefsAsync(endpoint, RefScope.All, None));

        Assert.Contains("Install git", error.Message, StringComparison.Ordinal);
    }

    private static async Task<GitFailure> FailureAsync(Func<Task> work) => (await Assert.ThrowsAsync<GitException>(work)).Failure;

    private static bool Holds(string file, string text) => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private static string[] ProcessesWith(string argument) => [.. Directory.EnumerateFiles("/proc", "cmdline", new EnumerationOptions
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 1,
        IgnoreInaccessible = true,
    }).Select(ReadOrEmpty).Where(line => line.Contains(argument, StringComparison.Ordinal))];

    private static string ReadOrEmpty(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task DripAsync(TcpListener listener, bool drips, CancellationToken stop)
    {
        try
        {
            using var client = await listener.AcceptTcpClientAsync(stop);
            await using var stream = client.GetStream();
            if (drips)
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\nContent-Length: 9999\r\n\r\n0"u8.ToArray(), stop);
            }

            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private static async Task EchoAsync(TcpListener listener, string words, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop);
                await using var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[8192], stop);
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes($"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: {words.Length}\r\nConnection: close\r\n\r\n{words}"),
                    stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private static async Task RedirectAsync(TcpListener listener, string target, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop);
                await using var stream = client.GetStream();
                var request = new byte[8192];
                var read = await stream.ReadAsync(request, stop);
                var path = Encoding.ASCII.GetString(request, 0, read).Split(' ')[1]["/app.git".Length..];
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes($"HTTP/1.1 302 Found\r\nLocation: {target}{path}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}

using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.Git.Tests;

public sealed class LimitTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_push_beyond_the_cap_is_cut_off_and_the_server_goes_on()
    {
        await using var server = await GitServer.StartAsync(new GitServerOptions { RootDirectory = _folder["r"], MaxRequestBytes = 64 << 10 });
        using var copy = await GitWorkingCopy.InitAsync(await server.CreateRepositoryAsync("app"));
        await copy.PushCommitAsync("small", ("a", "a"));
        var random = new byte[300 << 10];
        System.Security.Cryptography.RandomNumberGenerator.Fill(random);
        await File.WriteAllBytesAsync(Path.Combine(copy.Path, "big"), random);
        await copy.CommitAsync("big");

        Assert.NotEqual(0, (await copy.TryGitAsync("push", "origin", "HEAD")).Code);

        using var clone = await GitWorkingCopy.CloneAsync(server.CloneUrl("app"));
        Assert.False(File.Exists(Path.Combine(clone.Path, "big")));
    }

    [Fact]
    public async Task A_zipped_body_may_not_grow_beyond_the_cap()
    {
        await using var server = await GitServer.StartAsync(new GitServerOptions { RootDirectory = _folder["r"], MaxRequestBytes = 64 << 10 });
        await server.CreateRepositoryAsync("app");
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.ASCII.GetBytes("0000" + new string('x', 1 << 20)));
        }

        using var http = new HttpClient();
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        content.Headers.TryAddWithoutValidation("Content-Type", "application/x-git-receive-pack-request");
        using var response = await http.PostAsync(new Uri(server.CloneUrl("app") + "/git-receive-pack"), content);

        Assert.NotEqual(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(await server.ListRefsAsync("app"));
        using var copy = await GitWorkingCopy.InitAsync(server.CloneUrl("app"));
        await copy.PushCommitAsync("small", ("a", "a"));
    }

    [Fact]
    public async Task A_client_that_stalls_is_let_go_at_the_deadline()
    {
        await using var server = await GitServer.StartAsync(new GitServerOptions { RootDirectory = _folder["r"], Deadline = TimeSpan.FromMilliseconds(300) });
        await server.CreateRepositoryAsync("app");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync("POST /app.git/git-upload-pack HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-git-upload-pack-request\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0032\r\n"u8.ToArray());

        // git answers with its header at once and waits for more; what counts is that the connection ends.
        await ReadUntilClosedAsync(stream).WaitAsync(Eventually.Deadline);
    }

    [Fact]
    public async Task Pushes_at_the_same_time_lose_nothing()
    {
        await using var server = await GitServer.StartAsync(new GitServerOptions { RootDirectory = _folder["r"] });
        var url = await server.CreateRepositoryAsync("app");
        using (var first = await GitWorkingCopy.InitAsync(url))
        {
            await first.PushCommitAsync("base");
        }

        var updates = 0;
        server.OnPush += (_, args) => Interlocked.Add(ref updates, args.Push.Updates.Count);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(async i =>
        {
            using var copy = await GitWorkingCopy.CloneAsync(url);
            await copy.CommitAsync($"{i}", ($"{i}", "x"));
            await copy.GitAsync("push", "--quiet", "origin", $"HEAD:refs/heads/branch-{i}");
        }));

        Assert.Equal(6, (await server.ListRefsAsync("app")).Count);
        await Eventually.TrueAsync(() => updates == 5, "five updates");
    }

    [Fact]
    public async Task A_taken_port_is_an_error()
    {
        await using var server = await GitServer.StartAsync(new GitServerOptions { RootDirectory = _folder["r"] });
        await Assert.ThrowsAsync<IOException>(() => GitServer.StartAsync(new GitServerOptions { RootDirectory = _folder["q"], Port = server.Url.Port }));
    }

    [Fact]
    public async Task An_answer_s_head_is_read_up_to_the_blank_line()
    {
        using var answer = new MemoryStream(Encoding.ASCII.GetBytes("Status: 404 Not Found\r\nX: a: b\r\nnonsense\r\n\r\nbody"));
        var head = (await CgiHead.ReadAsync(answer, default))!;

        Assert.Equal(404, head.Status);
        Assert.Equal([("X", "a: b")], head.Headers);
        Assert.Equal("body", Encoding.ASCII.GetString(head.Rest.Span));
        using var nothing = new MemoryStream();
        Assert.Null(await CgiHead.ReadAsync(nothing, default));
    }

    private static async Task ReadUntilClosedAsync(NetworkStream stream)
    {
        try
        {
            var buffer = new byte[1000];
            int read;
            do
            {
                read = await stream.ReadAsync(buffer);
            }
            while (read > 0);
        }
        catch (IOException)
        {
            // Closed the hard way.
        }
    }
}

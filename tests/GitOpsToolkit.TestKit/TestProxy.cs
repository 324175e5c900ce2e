using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GitOpsToolkit.TestKit;

/// <summary>
/// A proxy of a test on loopback: HTTP (CONNECT and whole addresses) and SOCKS5, told apart by the first byte; with a user name and password
/// or without. It leads every name to this machine, and every port to one where that is given.
/// </summary>
public sealed class TestProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<string> targets = new();
    private readonly (string User, string Password)? login;
    private readonly int? target;

    /// <summary>Starts a proxy.</summary>
    public TestProxy((string User, string Password)? login = null, int? target = null)
    {
        this.login = login;
        this.target = target;
        listener.Start();
        _ = ServeAsync();
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What was asked for, as <c>METHOD host:port</c>, where the login was right.</summary>
    public IReadOnlyList<string> Targets => [.. targets];

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        stop.Dispose();
    }

    private static async Task<string> HeadAsync(NetworkStream client, byte first, CancellationToken cancellation)
    {
        var head = new List<byte> { first };
        var one = new byte[1];
        while (head.Count < 64 << 10 && !Encoding.ASCII.GetString([.. head.TakeLast(4)]).Equals("\r\n\r\n", StringComparison.Ordinal))
        {
            await client.ReadExactlyAsync(one, cancellation);
            head.Add(one[0]);
        }

        return Encoding.ASCII.GetString([.. head]);
    }

    private static async Task PipeAsync(NetworkStream one, NetworkStream other, CancellationToken cancellation) =>
        await Task.WhenAny(one.CopyToAsync(other, cancellation), other.CopyToAsync(one, cancellation));

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _ = ConverseAsync(await listener.AcceptTcpClientAsync(stop.Token));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task<NetworkStream> ConnectAsync(int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, target ?? port, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task ConverseAsync(TcpClient tcp)
    {
        using (tcp)
        {
            try
            {
                var client = tcp.GetStream();
                var first = new byte[1];
                await client.ReadExactlyAsync(first, stop.Token);
                await (first[0] == 5 ? SocksAsync(client) : HttpAsync(client, first[0]));
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // One of the two went away.
            }
        }
    }

    private async Task HttpAsync(NetworkStream client, byte first)
    {
        while (true)
        {
            var head = await HeadAsync(client, first, stop.Token);
            var lines = head.Split("\r\n");
            var words = lines[0].Split(' ');
            var expected = login is { } pair ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{pair.User}:{pair.Password}"))}" : null;
            if (expected is not null && !lines.Contains($"Proxy-Authorization: {expected}", StringComparer.Ordinal))
            {
                var refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n";
                await client.ReadExactlyAsync(new byte[BodyLength(lines)], stop.Token);
                await client.WriteAsync(Encoding.ASCII.GetBytes(refusal), stop.Token);
                var again = new byte[1];
                await client.ReadExactlyAsync(again, stop.Token);
                first = again[0];
                continue;
            }

            var connect = words[0] == "CONNECT";
            var uri = new Uri(connect ? $"https://{words[1]}" : words[1]);
            targets.Enqueue($"{words[0]} {uri.Host}:{uri.Port}");
            await using var server = await ConnectAsync(uri.Port, stop.Token);
            if (connect)
            {
                await client.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), stop.Token);
                await PipeAsync(client, server, stop.Token);
            }
            else
            {
                // One request a connection: the rest of the head goes on as it is, and the body after it.
                lines[0] = $"{words[0]} {uri.PathAndQuery} HTTP/1.1\r\nConnection: close";
                await server.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", lines)), stop.Token);
                await PipeAsync(client, server, stop.Token);
            }

            return;
        }
    }

    private static int BodyLength(string[] lines)
    {
        const string name = "Content-Length: ";
        var line = Array.Find(lines, line => line.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        return line is null ? 0 : int.Parse(line[name.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task SocksAsync(NetworkStream client)
    {
        var buffer = new byte[512];
        await client.ReadExactlyAsync(buffer.AsMemory(0, 1), stop.Token);
        await client.ReadExactlyAsync(buffer.AsMemory(0, buffer[0]), stop.Token);
        await client.WriteAsync(new byte[] { 5, (byte)(login is null ? 0 : 2) }, stop.Token);
        if (login is { } pair)
        {
            await client.ReadExactlyAsync(buffer.AsMemory(0, 2), stop.Token);
            var user = await TextAsync(client, buffer[1], buffer);
            await client.ReadExactlyAsync(buffer.AsMemory(0, 1), stop.Token);
            var password = await TextAsync(client, buffer[0], buffer);
            var right = (user, password) == pair;
            await client.WriteAsync(new byte[] { 1, (byte)(right ? 0 : 1) }, stop.Token);
            if (!right)
            {
                return;
            }
        }

        await client.ReadExactlyAsync(buffer.AsMemory(0, 4), stop.Token);
        string host;
        if (buffer[3] == 3)
        {
            await client.ReadExactlyAsync(buffer.AsMemory(0, 1), stop.Token);
            host = await TextAsync(client, buffer[0], buffer);
        }
        else
        {
            await client.ReadExactlyAsync(buffer.AsMemory(0, buffer[3] == 1 ? 4 : 16), stop.Token);
            host = new IPAddress(buffer.AsSpan(0, 4)).ToString();
        }

        await client.ReadExactlyAsync(buffer.AsMemory(0, 2), stop.Token);
        var port = (buffer[0] << 8) | buffer[1];
        targets.Enqueue($"SOCKS5 {host}:{port}");
        await using var server = await ConnectAsync(port, stop.Token);
        await client.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, stop.Token);
        await PipeAsync(client, server, stop.Token);
    }

    private async Task<string> TextAsync(NetworkStream client, int length, byte[] buffer)
    {
        await client.ReadExactlyAsync(buffer.AsMemory(0, length), stop.Token);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}

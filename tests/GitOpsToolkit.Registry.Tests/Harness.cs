using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GitOpsToolkit.Registry.Tests;

/// <summary>What the tests of the client share.</summary>
internal static class Harness
{
    internal static readonly RegistryClientOptions Quick = new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(1),
        AttemptTimeout = TimeSpan.FromMinutes(1)
    };

    internal static ImageName Image(string host, string repository = "app") =>
        ImageName.TryParse($"{host}/{repository}", out var image, out var error) ? image : throw new InvalidOperationException(error);

    internal static async Task<RegistryException> FaultAsync(Func<Task> call) => await Xunit.Assert.ThrowsAsync<RegistryException>(call);
}

/// <summary>A server that writes exactly the bytes it is told, for answers that no proper server gives.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();

    internal RawServer(Func<NetworkStream, CancellationToken, Task> answer)
    {
        listener.Start();
        _ = ServeAsync(answer);
    }

    internal string Host => listener.LocalEndpoint.ToString()!;

    internal int Connections { get; private set; }

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        stop.Dispose();
    }

    internal static Task WriteAsync(NetworkStream stream, string text, CancellationToken cancellation) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellation).AsTask();

    private async Task ServeAsync(Func<NetworkStream, CancellationToken, Task> answer)
    {
        while (!stop.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(stop.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            Connections++;
            _ = AnswerAsync(client, answer);
        }
    }

    private async Task AnswerAsync(TcpClient client, Func<NetworkStream, CancellationToken, Task> answer)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var buffer = new byte[16 << 10];
                _ = await stream.ReadAsync(buffer, stop.Token);
                await answer(stream, stop.Token);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client went away, as the test wants it to.
            }
        }
    }
}

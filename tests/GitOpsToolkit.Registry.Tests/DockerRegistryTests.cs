using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.TestKit;
using Xunit;
using static GitOpsToolkit.Registry.Tests.Harness;

namespace GitOpsToolkit.Registry.Tests;

/// <summary>The client against Debian's docker-registry. Skipped where it is not installed.</summary>
public sealed class DockerRegistryTests
{
    [Fact]
    public async Task Tags_and_digests_are_read_from_docker_registry()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "docker-registry")).FirstOrDefault(File.Exists);
        if (program is null)
        {
            Assert.Skip("docker-registry is not installed (Debian: apt-get install docker-registry)");
        }

        using var folder = new TempDirectory();
        var port = FreePort();
        await File.WriteAllTextAsync(folder["config.yml"], $"""
            version: 0.1
            log: [level: error]
            storage: [filesystem: [rootdirectory: {folder["data"]}]]
            http: [addr: "127.0.0.1:{port}"]
            """.Replace('[', '{').Replace(']', '}'));
        using var process = Process.Start(
            new ProcessStartInfo(program, ["serve", folder["config.yml"]]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            using var http = new HttpClient();
            var url = new Uri($"http://127.0.0.1:{port}/");
            await Eventually.TrueAsync(
                async () => (await http.GetAsync(new Uri(url, "/v2/"))).IsSuccessStatusCode, "docker-registry answers");
            var pusher = new ImagePusher(http, url);
            await pusher.PushAsync("team/app", "v1");
            var digest = await pusher.PushAsync("team/app", "v2");

            using var client = new RegistryClient(Quick, TimeProvider.System);
            var image = Image(url.Authority, "team/app");
            var list = await client.ListTagsAsync(image, new RegistryAccess(), CancellationToken.None);
            Assert.Equal(["v1", "v2"], list.Tags.Order(StringComparer.Ordinal));
            Assert.Equal(digest, await client.ResolveDigestAsync(image, "v2", new RegistryAccess(), CancellationToken.None));
            var missing = await FaultAsync(
                () => client.ListTagsAsync(Image(url.Authority, "nope"), new RegistryAccess(), CancellationToken.None));
            Assert.Equal(RegistryFault.NotFound, missing.Fault);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

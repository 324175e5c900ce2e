using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Sandbox.Registry.Tests;

/// <summary>
/// Real clients against our registry, and our pusher against a real registry. Skipped where the programs are not installed.
/// </summary>
public sealed class PeerTests
{
    [Theory]
    [InlineData(RegistryAuthentication.None)]
    [InlineData(RegistryAuthentication.Basic)]
    [InlineData(RegistryAuthentication.Token)]
    public async Task Skopeo_can_list_copy_inspect_and_delete(RegistryAuthentication authentication)
    {
        var skopeo = Find("skopeo");
        using var folder = new TempDirectory();
        var users = new Dictionary<string, string> { ["ann"] = "secret" };
        await using var registry = await OciRegistry.StartAsync(new OciRegistryOptions { Authentication = authentication, Users = users });
        using var http = new HttpClient();
        await new ImagePusher(http, registry.Url, "ann", "secret").PushAsync("app", "v1");
        string[] credentials = authentication == RegistryAuthentication.None ? [] : ["--creds", "ann:secret"];
        string[] from = authentication == RegistryAuthentication.None ? [] : ["--src-creds", "ann:secret"];
        string[] to = authentication == RegistryAuthentication.None ? [] : ["--dest-creds", "ann:secret"];

        await RunAsync(skopeo, ["copy", "--src-tls-verify=false", .. from, $"docker://{registry.Host}/app:v1", $"dir:{folder["image"]}"]);
        await RunAsync(
            skopeo, ["copy", "--dest-tls-verify=false", .. to, $"dir:{folder["image"]}", $"docker://{registry.Host}/copy/of/app:v2"]);
        var tags = await RunAsync(skopeo, ["list-tags", "--tls-verify=false", .. credentials, $"docker://{registry.Host}/copy/of/app"]);
        Assert.Contains("\"v2\"", tags, StringComparison.Ordinal);
        var inspected = await RunAsync(
            skopeo, ["inspect", "--tls-verify=false", .. credentials, $"docker://{registry.Host}/copy/of/app:v2"]);
        Assert.Contains("\"Architecture\": \"amd64\"", inspected, StringComparison.Ordinal);
        await RunAsync(skopeo, ["delete", "--tls-verify=false", .. credentials, $"docker://{registry.Host}/copy/of/app:v2"]);
    }

    [Fact]
    public async Task Our_pusher_satisfies_docker_registry()
    {
        var program = Find("docker-registry");
        using var folder = new TempDirectory();
        var port = FreePort();
        await File.WriteAllTextAsync(folder["config.yml"], $$"""
            version: 0.1
            log: {level: error}
            storage:
              filesystem: {rootdirectory: "{{folder["data"]}}" }
              delete: {enabled: true}
            http: {addr: "127.0.0.1:{{port}}" }
            """);
        using var process = Start(program, ["serve", folder["config.yml"]]);
        try
        {
            using var http = new HttpClient();
            var url = new Uri($"http://127.0.0.1:{port}/");
            await Eventually.TrueAsync(
                async () => (await http.GetAsync(new Uri(url, "/v2/"))).IsSuccessStatusCode, "docker-registry answers");
            var digest = await new ImagePusher(http, url).PushAsync("team/app", "v1");
            var tags = await http.GetFromJsonAsync<System.Text.Json.Nodes.JsonNode>(new Uri(url, "/v2/team/app/tags/list"));
            Assert.Equal("""{"name":"team/app","tags":["v1"]}""", tags!.ToJsonString());
            await new ImagePusher(http, url).DeleteAsync("team/app", digest);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static string Find(string program)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        if (found is null)
        {
            Assert.Skip($"{program} is not installed (Debian: apt-get install {program})");
        }

        return found;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process Start(string program, string[] arguments) => Process.Start(
        new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
        return await output;
    }
}

using System.Text;
using GitOpsToolkit.Connections;
using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.TestKit;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;
using static GitOpsToolkit.Registry.Tests.Harness;

namespace GitOpsToolkit.Registry.Tests;

/// <summary>Proxies: the name that only the proxy knows is the proof that the request went over it.</summary>
public sealed class ProxyTests : IDisposable
{
    private readonly RegistryClient client = new(Quick with { Retries = 1 }, TimeProvider.System);

    public void Dispose() => client.Dispose();

    [Theory]
    [InlineData("http", false)]
    [InlineData("http", true)]
    [InlineData("socks5", false)]
    [InlineData("socks5", true)]
    public async Task A_registry_is_reached_through_a_proxy(string scheme, bool login)
    {
        await using var registry = await OciRegistry.StartAsync(new OciRegistryOptions());
        using var http = new HttpClient();
        await new ImagePusher(http, registry.Url).PushAsync("app", "v1");
        using var proxy = new TestProxy(login ? ("ann", "pass word") : null);
        var access = new RegistryAccess(Insecure: true)
        {
            Proxy = Read($"{scheme}://127.0.0.1:{proxy.Port}", login ? "ann" : null, login ? "pass word" : null),
        };

        var list = await client.ListTagsAsync(Image($"registry.invalid:{registry.Url.Port}"), access, CancellationToken.None);

        Assert.Equal(["v1"], list.Tags);
        Assert.Contains($"registry.invalid:{registry.Url.Port}", Assert.Single(proxy.Targets), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task A_refused_login_at_the_proxy_shows_no_password(string scheme)
    {
        using var proxy = new TestProxy(("ann", "right"));
        var access = new RegistryAccess(Insecure: true) { Proxy = Read($"{scheme}://127.0.0.1:{proxy.Port}", "ann", "CANARY") };
        var fault = await FaultAsync(() => client.ListTagsAsync(Image("registry.invalid:5000"), access, CancellationToken.None));
        Assert.Contains(fault.Fault, (RegistryFault[])[RegistryFault.Unreachable, RegistryFault.Protocol]);
        Assert.DoesNotContain("CANARY", fault.ToString(), StringComparison.Ordinal);
        Assert.Empty(proxy.Targets);
    }

    [Fact]
    public async Task A_registry_on_this_machine_goes_over_the_proxy_too()
    {
        await using var registry = await OciRegistry.StartAsync(new OciRegistryOptions());
        using var http = new HttpClient();
        await new ImagePusher(http, registry.Url).PushAsync("app", "v1");
        using var proxy = new TestProxy();
        var access = new RegistryAccess { Proxy = Read($"http://127.0.0.1:{proxy.Port}", user: null, password: null) };
        await client.ListTagsAsync(Image(registry.Host), access, CancellationToken.None);
        Assert.Single(proxy.Targets);
    }

    [Theory]
    [InlineData("169.254.169.254", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("[::1]:9", false)]
    [InlineData("auth.invalid", true)]
    public async Task Over_a_proxy_too_a_registry_outside_leads_to_nowhere_inside(string host, bool allowed)
    {
        using var server = WireMockServer.Start();
        server.Given(Request.Create().WithPath("/v2/app/tags/list"))
            .RespondWith(Response.Create().WithStatusCode(307).WithHeader("Location", $"http://{host}/elsewhere"));
        using var proxy = new TestProxy();
        var access = new RegistryAccess(Insecure: true) { Proxy = Read($"http://127.0.0.1:{proxy.Port}", user: null, password: null) };
        var fault = await FaultAsync(() => client.ListTagsAsync(Image($"registry.invalid:{server.Port}"), access, CancellationToken.None));
        Assert.Equal(!allowed, fault.Message.Contains("which is an address inside; refused", StringComparison.Ordinal));
        Assert.Equal(allowed, proxy.Targets.Any(target => target.Contains(host, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null, "key 'address' not found")]
    [InlineData("", "proxy address is empty")]
    [InlineData("proxy:3128", "proxy address is no URL with one of the schemes http, https, socks5")]
    [InlineData("ftp://ann:CANARY@proxy", "proxy address is no URL")]
    [InlineData("http://", "proxy address is no URL")]
    public void A_bad_Secret_is_told_without_its_values(string? address, string reason)
    {
        var data = address is null ? [] : new Dictionary<string, byte[]> { ["address"] = Encoding.UTF8.GetBytes(address) };
        data["password"] = "CANARY"u8.ToArray();
        Assert.False(ProxySettings.TryRead(data, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_login_in_the_address_counts_and_does_not_show()
    {
        var proxy = Read("http://ann:CANARY@proxy.test:3128", user: null, password: null);
        Assert.Equal("proxy http://proxy.test:3128", proxy.ToString());
        Assert.Equal(Read("http://proxy.test:3128", "ann", "CANARY").Fingerprint, proxy.Fingerprint);
        Assert.NotEqual(Read("http://proxy.test:3128", "ann", "other").Fingerprint, proxy.Fingerprint);
    }

    private static ProxySettings Read(string address, string? user, string? password)
    {
        var data = new Dictionary<string, byte[]> { ["address"] = Encoding.UTF8.GetBytes(address) };
        foreach (var (key, value) in new[] { ("username", user), ("password", password) })
        {
            if (value is not null)
            {
                data[key] = Encoding.UTF8.GetBytes(value);
            }
        }

        return ProxySettings.TryRead(data, out var proxy, out var error) ? proxy : throw new InvalidOperationException(error);
    }
}

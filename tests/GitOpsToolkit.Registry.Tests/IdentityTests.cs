using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;
using static GitOpsToolkit.Registry.Tests.Harness;

namespace GitOpsToolkit.Registry.Tests;

/// <summary>Identity tokens, registry tokens, and credentials that are renewed when refused.</summary>
public sealed class IdentityTests : IDisposable
{
    private const string TagsPath = "/v2/app/tags/list";

    private readonly WireMockServer server = WireMockServer.Start();
    private readonly RegistryClient client = new(Quick, TimeProvider.System, (_, _) => Task.FromResult(new[] { System.Net.IPAddress.Loopback }));

    private string Host => $"127.0.0.1:{server.Port}";

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task An_identity_token_is_posted_to_the_registrys_own_realm()
    {
        Challenge($"http://{Host}/oauth2/token");
        Tags("Bearer access-1", "v1");
        server.Given(Request.Create().WithPath("/oauth2/token").UsingPost().WithBody(body => body is not null
            && body.Contains("grant_type=refresh_token", StringComparison.Ordinal)
            && body.Contains("refresh_token=CANARY", StringComparison.Ordinal)
            && body.Contains("scope=repository%3Aapp%3Apull", StringComparison.Ordinal)))
            .RespondWith(Response.Create().WithBody("""{"access_token":"access-1","expires_in":300}"""));
        Assert.Equal(["v1"], await ListAsync(Identity()));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("auth.docker.io")]
    [InlineData("127.0.0.1.nip.test")]
    public async Task An_identity_token_goes_to_no_other_host(string host)
    {
        using var elsewhere = WireMockServer.Start();
        Challenge($"http://{host}:{elsewhere.Port}/oauth2/token");
        var fault = await FaultAsync(() => ListAsync(Identity()));
        Assert.Equal(RegistryFault.Authentication, fault.Fault);
        Assert.Contains("refused to send the identity token there", fault.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.LogEntries);
    }

    [Fact]
    public async Task An_answer_of_the_realm_is_not_followed_elsewhere()
    {
        using var elsewhere = WireMockServer.Start();
        Challenge($"http://{Host}/token");
        server.Given(Request.Create().WithPath("/token"))
            .RespondWith(Response.Create().WithStatusCode(307).WithHeader("Location", $"http://localhost:{elsewhere.Port}/"));
        await FaultAsync(() => ListAsync(new RegistryAccess(new RegistryCredential("ann", "CANARY"))));
        Assert.Empty(elsewhere.LogEntries);
    }

    [Fact]
    public async Task A_registry_token_is_the_bearer_token_itself()
    {
        Challenge($"http://{Host}/token");
        Tags("Bearer CANARY", "v1");
        Assert.Equal(["v1"], await ListAsync(new RegistryAccess(new RegistryCredential("", "") { RegistryToken = "CANARY" })));
        Assert.DoesNotContain(server.LogEntries, entry => entry.RequestMessage!.Path == "/token");
    }

    [Fact]
    public async Task A_realm_that_the_registry_names_no_longer_is_forgotten()
    {
        Challenge($"http://{Host}/gone");
        await FaultAsync(() => ListAsync(new RegistryAccess()));
        Challenge($"http://{Host}/token");
        Tags("Bearer t", "v1");
        server.Given(Request.Create().WithPath("/gone")).RespondWith(Response.Create().WithStatusCode(404));
        server.Given(Request.Create().WithPath("/token")).RespondWith(Response.Create().WithBody("""{"token":"t"}"""));
        Assert.Equal(["v1"], await ListAsync(new RegistryAccess()));
    }

    [Fact]
    public async Task Basic_is_answered_before_it_is_asked_for_once_it_was()
    {
        Challenge(realm: null);
        Tags("Basic *", "v1");
        var access = new RegistryAccess(new RegistryCredential("ann", "x"));
        await ListAsync(access);
        await ListAsync(access);
        Assert.Equal(3, server.LogEntries.Count);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_refused_credential_is_renewed_once(int status)
    {
        Challenge(realm: null);
        var good = new RegistryCredential("AWS", "fresh");
        Tags($"Basic {good.BasicValue}", "v1");
        server.Given(Request.Create().WithPath(TagsPath).WithHeader("Authorization", $"Basic {new RegistryCredential("AWS", "stale").BasicValue}"))
            .RespondWith(Response.Create().WithStatusCode(status));
        var asked = new List<RegistryCredential>();
        var access = new RegistryAccess(new RegistryCredential("AWS", "stale"))
        {
            Renew = (refused, _) =>
            {
                asked.Add(refused);
                return Task.FromResult<RegistryCredential?>(good);
            },
        };
        Assert.Equal(["v1"], await ListAsync(access));
        Assert.Equal("stale", Assert.Single(asked).Password);
    }

    [Fact]
    public async Task A_realm_that_refuses_a_credential_has_it_renewed_and_a_second_refusal_is_final()
    {
        Challenge($"http://{Host}/token");
        server.Given(Request.Create().WithPath("/token")).RespondWith(Response.Create().WithStatusCode(401));
        var renewals = 0;
        var access = new RegistryAccess(new RegistryCredential("ann", "stale"))
        {
            Renew = (_, _) => Task.FromResult<RegistryCredential?>(new RegistryCredential("ann", $"CANARY-{++renewals}")),
        };
        var fault = await FaultAsync(() => ListAsync(access));
        Assert.Equal(RegistryFault.Authentication, fault.Fault);
        Assert.Equal(1, renewals);
        Assert.Equal(2, server.LogEntries.Count(entry => entry.RequestMessage!.Path == "/token"));
    }

    [Fact]
    public async Task No_secret_of_a_call_shows_however_it_is_said_back()
    {
        Challenge($"http://{Host}/token");
        const string Password = "CANARY&pass word";
        server.Given(Request.Create().WithPath("/token")).RespondWith(Response.Create().WithBody("""{"token":"CANARY.token"}"""));
        server.Given(Request.Create().WithPath(TagsPath).WithHeader("Authorization", "Bearer *")).RespondWith(Response.Create().WithStatusCode(400)
            .WithBody($$"""{"errors":[{"code":"{{Uri.EscapeDataString(Password)}}","message":"{{new string('x', 280)}} {{Password}} CANARY.token"}]}"""));
        var fault = await FaultAsync(() => ListAsync(new RegistryAccess(new RegistryCredential("ann", Password))));
        Assert.DoesNotContain("CANARY", fault.ToString(), StringComparison.Ordinal);
        Assert.Contains("***", fault.Message, StringComparison.Ordinal);

        server.Given(Request.Create().WithPath(TagsPath).WithHeader("Authorization", "Bearer *")).AtPriority(-1).RespondWith(Response.Create()
            .WithBody("""{"tags":[]}""").WithHeader("Link", $"</CANARY.token/{Uri.EscapeDataString(Password)}?p={Uri.EscapeDataString(Password)}>; rel=next"));
        fault = await FaultAsync(() => ListAsync(new RegistryAccess(new RegistryCredential("ann", Password))));
        Assert.DoesNotContain("CANARY", fault.ToString(), StringComparison.Ordinal);
    }

    private static RegistryAccess Identity() => new(new RegistryCredential("", "") { IdentityToken = "CANARY" });

    private async Task<IReadOnlyList<string>> ListAsync(RegistryAccess access) =>
        (await client.ListTagsAsync(Image(Host), access, CancellationToken.None)).Tags;

    private void Challenge(string? realm) => server.Given(Request.Create().WithPath("/*")).AtPriority(100).RespondWith(Response.Create()
        .WithStatusCode(401).WithHeader("WWW-Authenticate", realm is null ? "Basic realm=\"x\"" : $"Bearer realm=\"{realm}\",service=\"s\""));

    private void Tags(string authorization, string tag) => server.Given(
        Request.Create().WithPath(TagsPath).WithHeader("Authorization", authorization))
        .RespondWith(Response.Create().WithBody($$"""{"tags":["{{tag}}"]}"""));
}

using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static GitOpsToolkit.Sandbox.Registry.Tests.RegistryFixture;

namespace GitOpsToolkit.Sandbox.Registry.Tests;

public sealed class AuthenticationTests
{
    private static readonly Dictionary<string, string> Users = new() { ["ann"] = "secret:1" };

    [Fact]
    public async Task Basic_authentication_lets_only_known_users_in()
    {
        await using var fixture = await StartAsync(new OciRegistryOptions { Authentication = RegistryAuthentication.Basic, Users = Users });
        using var nobody = await fixture.SendAsync(HttpMethod.Get, "/v2/");
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.StartsWith("Basic ", Header(nobody, "WWW-Authenticate"), StringComparison.Ordinal);
        using var wrong = await fixture.SendAsync(HttpMethod.Get, "/v2/", null, null, ("Authorization", Basic("ann", "wrong")));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var right = await fixture.SendAsync(HttpMethod.Get, "/v2/", null, null, ("Authorization", Basic("ann", "secret:1")));
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        await new ImagePusher(fixture.Http, fixture.Registry.Url, "ann", "secret:1").PushAsync("app", "v1");
    }

    [Fact]
    public async Task A_token_is_good_for_its_scope_and_its_time_only()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var fixture = await StartAsync(
            new OciRegistryOptions { Authentication = RegistryAuthentication.Token, Users = Users, Time = time });
        await new ImagePusher(fixture.Http, fixture.Registry.Url, "ann", "secret:1").PushAsync("app", "v1");

        using var challenge = await fixture.SendAsync(HttpMethod.Get, "/v2/app/tags/list");
        Assert.Equal(
            $"Bearer realm=\"{fixture.Registry.Url}token\",service=\"sandbox-registry\",scope=\"repository:app:pull\"", Header(challenge,
                "WWW-Authenticate"));

        var token = await TokenAsync(fixture, "repository:app:pull");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(fixture, HttpMethod.Get, "/v2/app/tags/list", token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(fixture, HttpMethod.Get, "/v2/other/tags/list", token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(fixture, HttpMethod.Post, "/v2/app/blobs/uploads/", token));
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(fixture, HttpMethod.Get, "/v2/app/tags/list", token));
    }

    [Fact]
    public async Task The_token_endpoint_refuses_a_wrong_password_and_takes_a_form()
    {
        await using var fixture = await StartAsync(new OciRegistryOptions { Authentication = RegistryAuthentication.Token, Users = Users });
        using var wrong = await fixture.SendAsync(
            HttpMethod.Get, "/token?scope=repository:app:pull", null, null, ("Authorization", Basic("ann", "no")));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var form = await fixture.SendAsync(
            HttpMethod.Post, "/token", "grant_type=password&username=ann&password=secret:1&scope=repository:app:pull",
                "application/x-www-form-urlencoded");
        var token = (await JsonAsync(form))["access_token"]!.GetValue<string>();
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(fixture, HttpMethod.Get, "/v2/app/tags/list", token));
    }

    [Fact]
    public async Task Anonymous_reading_does_not_allow_writing()
    {
        await using var fixture = await StartAsync(
            new OciRegistryOptions { Authentication = RegistryAuthentication.Token, Users = Users, AnonymousPull = true });
        await new ImagePusher(fixture.Http, fixture.Registry.Url, "ann", "secret:1").PushAsync("app", "v1");
        using var read = await fixture.SendAsync(HttpMethod.Get, "/v2/app/tags/list");
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        using var anonymous = await fixture.SendAsync(HttpMethod.Get, "/token?scope=repository:app:pull,push");
        var token = (await JsonAsync(anonymous))["token"]!.GetValue<string>();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(fixture, HttpMethod.Post, "/v2/app/blobs/uploads/", token));
    }

    private static string Basic(string user, string password) =>
        $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}";

    private static async Task<string> TokenAsync(RegistryFixture fixture, string scope)
    {
        using var answer = await fixture.SendAsync(
            HttpMethod.Get, $"/token?service=x&scope={scope}", null, null, ("Authorization", Basic("ann", "secret:1")));
        return (await JsonAsync(answer))["token"]!.GetValue<string>();
    }

    private static async Task<HttpStatusCode> StatusAsync(RegistryFixture fixture, HttpMethod method, string target, string token)
    {
        using var answer = await fixture.SendAsync(method, target, null, null, ("Authorization", $"Bearer {token}"));
        return answer.StatusCode;
    }
}

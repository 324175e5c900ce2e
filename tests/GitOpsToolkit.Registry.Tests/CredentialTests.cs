using System.Net;
using System.Text;
using GitOpsToolkit.Connections;
using Xunit;

namespace GitOpsToolkit.Registry.Tests;

public sealed class CredentialTests
{
    [Theory]
    [InlineData("ghcr.io", "ghcr.io/team/app", true)]
    [InlineData("https://ghcr.io", "ghcr.io/team/app", true)]
    [InlineData("https://ghcr.io/v2/", "ghcr.io/team/app", true)]
    [InlineData("GHCR.io", "ghcr.io/team/app", true)]
    [InlineData("https://index.docker.io/v1/", "redis", true)]
    [InlineData("docker.io", "redis", true)]
    [InlineData("registry-1.docker.io", "team/app", true)]
    [InlineData("x.azurecr.io", "x.azurecr.io.evil.com/app", false)]
    [InlineData("azurecr.io", "x.azurecr.io/app", false)]
    [InlineData("*.azurecr.io", "x.azurecr.io/app", false)]
    [InlineData("localhost", "localhost:5000/app", false)]
    [InlineData("ghcr.io/team", "ghcr.io/team/app", true)]
    [InlineData("ghcr.io/team", "ghcr.io/teammate/app", false)]
    [InlineData("ghcr.io/team/app", "ghcr.io/team/app", true)]
    public void A_credential_fits_its_own_host_and_path_only(string key, string image, bool fits)
    {
        var config = Parse("""{"auths":{"KEY":{"username":"u","password":"p"}}}""".Replace("KEY", key, StringComparison.Ordinal));
        Assert.Equal(fits, config.CredentialFor(Image(image)) is not null);
    }

    [Fact]
    public void The_longest_path_wins_and_auth_is_base64()
    {
        var auth = Convert.ToBase64String("ann:pa:ss"u8);
        var config = Parse(
            """{"auths":{"ghcr.io":{"username":"u","password":"p"},"ghcr.io/team":{"auth":"AUTH"}},"credsStore":"x"}""".Replace("AUTH",
                auth, StringComparison.Ordinal));
        Assert.Equal(new RegistryCredential("ann", "pa:ss"), config.CredentialFor(Image("ghcr.io/team/app")));
        Assert.Equal("u", config.CredentialFor(Image("ghcr.io/other/app"))!.Username);
    }

    [Theory]
    [InlineData("{", "is not valid JSON")]
    [InlineData("""{"auths":{"h":{"auth":"\ud800SECRET"}}}""", "is not valid JSON")]
    [InlineData("""{"auths":{"\ud800SECRET":{"username":"u","password":"p"}}}""", "is not valid JSON")]
    [InlineData("[]", "has no object 'auths'")]
    [InlineData("""{"auths":[]}""", "has no object 'auths'")]
    [InlineData("""{"auths":{"h":{"auth":"SECRET!"}}}""", "auths[\"h\"].auth is not the base64 of user:password")]
    [InlineData("""{"auths":{"h":{"auth":"U0VDUkVU"}}}""", "auths[\"h\"].auth is not the base64 of user:password")]
    [InlineData("""{"auths":{"h":{"auth":5}}}""", "auths[\"h\"].auth is a number where a string is due")]
    [InlineData("""{"auths":{"h":{"auth":{"username":"SECRET"}}}}""", "auths[\"h\"].auth is an object where a string is due")]
    [InlineData("""{"auths":{"h":{"username":"u","password":["SECRET"]}}}""", "auths[\"h\"].password is an array where a string is due")]
    [InlineData("""{"auths":{"h":{"identitytoken":true}}}""", "auths[\"h\"].identitytoken is a boolean where a string is due")]
    [InlineData("""{"auths":{"h":"SECRET"}}""", "auths[\"h\"] is no object with 'auth', or with 'username' and 'password'")]
    public void Bad_configurations_are_named_without_their_content(string json, string reason)
    {
        Assert.False(DockerConfig.TryParse(Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"identitytoken":"T"}""", "", "T", null)]
    [InlineData("""{"username":"00000000-0000-0000-0000-000000000000","password":"p","identitytoken":"T"}""", "p", "T", null)]
    [InlineData("""{"username":"<token>","password":"T"}""", "", "T", null)]
    [InlineData("""{"auth":"PHRva2VuPjpU"}""", "", "T", null)]
    [InlineData("""{"registrytoken":"R","auth":null}""", "", null, "R")]
    public void Tokens_in_place_of_a_password_are_read(string entry, string password, string? identity, string? registry)
    {
        var credential = Parse("""{"auths":{"ghcr.io":ENTRY}}""".Replace("ENTRY", entry, StringComparison.Ordinal)).CredentialFor(Image("ghcr.io/a/b"));
        Assert.Equal((password, identity, registry), (credential!.Password, credential.IdentityToken, credential.RegistryToken));
        Assert.DoesNotContain("T", $"{credential}", StringComparison.Ordinal);
    }

    [Fact]
    public void The_keys_of_both_types_of_secret_are_read()
    {
        var entry = """{"ghcr.io":{"username":"u","password":"p"}}""";
        foreach (var (key, json) in new[] { (".dockercfg", entry), (".dockerconfigjson", $$"""{"auths":{{entry}}}""") })
        {
            var data = new Dictionary<string, byte[]> { [key] = Encoding.UTF8.GetBytes(json) };
            Assert.True(DockerConfig.TryRead(data, out var config, out var problem), problem);
            Assert.Equal("p", config.CredentialFor(Image("ghcr.io/a/b"))!.Password);
        }

        Assert.False(DockerConfig.TryRead(new Dictionary<string, byte[]>(), out _, out var error));
        Assert.StartsWith("has no key .dockerconfigjson", error, StringComparison.Ordinal);
        Assert.False(DockerConfig.TryRead(new Dictionary<string, byte[]> { [".dockercfg"] = "[]"u8.ToArray() }, out _, out error));
        Assert.Equal("the docker configuration is no object", error);
    }

    [Fact]
    public void A_credential_does_not_print_itself()
    {
        var credential = new RegistryCredential("ann", "secret");
        Assert.DoesNotContain("secret", $"{credential} {new RegistryAccess(credential)}", StringComparison.Ordinal);
        Assert.NotEqual(credential.Fingerprint, new RegistryCredential("ann", "other").Fingerprint);
    }

    [Fact]
    public void Challenges_are_read_however_they_are_packed()
    {
        var challenges = AuthChallenge.Parse(
            ["Basic realm=\"a, b\", Bearer realm=\"https://t/x?y=1\",service=s , scope=\"repository:a/b:pull,push\"", "Negotiate"]);
        Assert.Equal(["Basic", "Bearer", "Negotiate"], challenges.Select(challenge => challenge.Scheme));
        Assert.Equal("a, b", challenges[0]["realm"]);
        Assert.Equal("https://t/x?y=1", challenges[1]["realm"]);
        Assert.Equal("s", challenges[1]["service"]);
        Assert.Equal("repository:a/b:pull,push", challenges[1]["scope"]);
        Assert.Equal("q\"q", AuthChallenge.Parse(["Bearer realm=\"q\\\"q\""])[0]["realm"]);
        Assert.Empty(AuthChallenge.Parse(["", "=,=", new string('x', 10_000)]));
        Assert.Null(AuthChallenge.Parse(["Bearer realm=\"unterminated"])[0]["scope"]);
    }

    [Theory]
    [InlineData("8.8.8.8", nameof(AddressClass.Public))]
    [InlineData("10.1.2.3", nameof(AddressClass.Private))]
    [InlineData("172.16.0.1", nameof(AddressClass.Private))]
    [InlineData("172.32.0.1", nameof(AddressClass.Public))]
    [InlineData("192.168.1.1", nameof(AddressClass.Private))]
    [InlineData("100.64.0.1", nameof(AddressClass.Private))]
    [InlineData("127.0.0.1", nameof(AddressClass.Loopback))]
    [InlineData("::1", nameof(AddressClass.Loopback))]
    [InlineData("::ffff:127.0.0.1", nameof(AddressClass.Loopback))]
    [InlineData("::ffff:169.254.169.254", nameof(AddressClass.LinkLocal))]
    [InlineData("169.254.169.254", nameof(AddressClass.LinkLocal))]
    [InlineData("0.0.0.0", nameof(AddressClass.LinkLocal))]
    [InlineData("::", nameof(AddressClass.LinkLocal))]
    [InlineData("fe80::1", nameof(AddressClass.LinkLocal))]
    [InlineData("fd00::1", nameof(AddressClass.Private))]
    [InlineData("2001:4860:4860::8888", nameof(AddressClass.Public))]
    public void Addresses_are_classed(string address, string expected) =>
        Assert.Equal(expected, AddressClasses.Of(IPAddress.Parse(address)).ToString());

    [Theory]
    [InlineData("localhost", nameof(AddressClass.Loopback))]
    [InlineData("[::1]", nameof(AddressClass.Loopback))]
    [InlineData("169.254.169.254", nameof(AddressClass.LinkLocal))]
    [InlineData("10.0.0.1", nameof(AddressClass.Private))]
    [InlineData("auth.example.com", null)]
    public void Names_that_are_addresses_are_classed_without_resolving(string host, string? expected) =>
        Assert.Equal(expected, AddressClasses.OfName(host)?.ToString());

    [Fact]
    public void A_registry_may_lead_outwards_and_to_its_own_class()
    {
        Assert.True(AddressClass.Public.MayLeadTo(AddressClass.Public));
        Assert.False(AddressClass.Public.MayLeadTo(AddressClass.Private));
        Assert.False(AddressClass.Public.MayLeadTo(AddressClass.Loopback));
        Assert.True(AddressClass.Private.MayLeadTo(AddressClass.Public));
        Assert.True(AddressClass.Private.MayLeadTo(AddressClass.Private));
        Assert.False(AddressClass.Private.MayLeadTo(AddressClass.LinkLocal));
        Assert.True(AddressClass.Loopback.MayLeadTo(AddressClass.Loopback));
        Assert.False(AddressClass.Loopback.MayLeadTo(AddressClass.LinkLocal));
    }

    private static DockerConfig Parse(string json)
    {
        Assert.True(DockerConfig.TryParse(Encoding.UTF8.GetBytes(json), out var config, out var error), error);
        return config;
    }

    private static ImageName Image(string text)
    {
        Assert.True(ImageName.TryParse(text, out var image, out var error), error);
        return image;
    }
}

using Xunit;

namespace GitOpsToolkit.Git.Tests;

public sealed class GitSecretTests
{
    private static readonly GitUrl Https = GitUrl.Parse("https://example.com/a");
    private static readonly GitUrl Ssh = GitUrl.Parse("ssh://example.com/a");

    [Fact]
    public void For_SSH_other_keys_count_and_the_password_opens_the_key()
    {
        Assert.True(GitSecret.TryRead(Ssh, Data("identity=I", "identity.pub=P", "known_hosts=H", "password=p", "username=u", "bearerToken=t"), out var found, out _));
        Assert.Equal(new GitCredentials { SshIdentity = "I", SshKnownHosts = "H", SshPassphrase = "p" }, found);
        Assert.False(GitSecret.TryRead(Ssh, Data("known_hosts=hidden", "identity="), out _, out var problem));
        Assert.Equal("invalid 'ssh' auth option: 'identity' is required", problem);
        Assert.False(GitSecret.TryRead(Ssh, Data("identity=hidden"), out _, out problem));
        Assert.Equal("invalid 'ssh' auth option: 'known_hosts' is required", problem);
    }

    [Fact]
    public void All_keys_are_read_and_empty_ones_are_absent()
    {
        Assert.True(GitSecret.TryRead(Https, Data("username=me", "password=p", "ca.crt=CA", "caFile=old", "tls.crt=C", "tls.key=K", "bearerToken="), out var basic, out _));
        Assert.Equal(new GitCredentials { Username = "me", Password = "p", CaCertificates = "CA", ClientCertificate = "C", ClientKey = "K" }, basic);

        Assert.True(GitSecret.TryRead(Https, Data("bearerToken=t \n", "caFile=old"), out var bearer, out _));
        Assert.Equal(new GitCredentials { BearerToken = "t", CaCertificates = "old" }, bearer);
    }

    [Theory]
    [InlineData("password=hidden", "'password' requires 'username'")]
    [InlineData("username=me bearerToken=hidden", "basic auth and bearer token")]
    [InlineData("tls.crt=hidden", "must be set together")]
    [InlineData("tls.key=hidden", "must be set together")]
    public void Keys_that_do_not_go_together_are_named_without_a_value(string pairs, string expected)
    {
        Assert.False(GitSecret.TryRead(Https, Data(pairs.Split(' ')), out var credentials, out var problem));
        Assert.Null(credentials);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_GitHub_App_is_known_by_its_id()
    {
        Assert.True(GitSecret.IsGitHubApp(Data("githubAppID=1")));
        Assert.False(GitSecret.IsGitHubApp(Data("username=me")));
    }

    private static Dictionary<string, string> Data(params string[] pairs) =>
        pairs.Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
}

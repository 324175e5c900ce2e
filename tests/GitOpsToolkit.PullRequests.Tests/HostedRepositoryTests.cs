using Xunit;

namespace GitOpsToolkit.PullRequests.Tests;

/// <summary>Which API a repository's URL stands for, where it is, and whether the URL's credentials may go there.</summary>
public sealed class HostedRepositoryTests
{
    [Theory]
    [InlineData("https://github.com/acme/fleet.git", "GitHub", "https://api.github.com", "acme|fleet", true)]
    [InlineData("https://github.com/acme/fleet", "GitHub", "https://api.github.com", "acme|fleet", true)]
    [InlineData("ssh://git@github.com/acme/fleet.git", "GitHub", "https://api.github.com", "acme|fleet", false)]
    [InlineData("ssh://git@ssh.github.com:443/acme/fleet.git", "GitHub", "https://api.github.com", "acme|fleet", false)]
    [InlineData("https://octocorp.ghe.com/acme/fleet", "GitHub", "https://api.octocorp.ghe.com", "acme|fleet", true)]
    [InlineData("https://github.example.com:8443/acme/fleet", "GitHub", "https://github.example.com:8443/api/v3", "acme|fleet", true)]
    [InlineData("https://github.com.evil.example/acme/fleet", "GitHub", "https://github.com.evil.example/api/v3", "acme|fleet", true)]
    [InlineData("https://gitlab.com/a/b/c/fleet.git", "GitLab", "https://gitlab.com/api/v4", "a|b|c|fleet", true)]
    [InlineData("http://gitlab.example.com/a/fleet.git", "GitLab", "http://gitlab.example.com/api/v4", "a|fleet", true)]
    [InlineData("ssh://git@gitlab.example.com:2222/a/b/fleet.git", "GitLab", "https://gitlab.example.com/api/v4", "a|b|fleet", false)]
    [InlineData("https://codeberg.org/acme/fleet.git", "Gitea", "https://codeberg.org/api/v1", "acme|fleet", true)]
    [InlineData("https://gitea.example.com/code/acme/fleet.git", "Gitea", "https://gitea.example.com/code/api/v1", "acme|fleet", true)]
    [InlineData("https://bitbucket.org/acme/fleet.git", "Bitbucket", "https://api.bitbucket.org/2.0", "acme|fleet", true)]
    [InlineData("https://git.example.com/bb/scm/ACME/fleet.git", "BitbucketDataCenter", "https://git.example.com/bb/rest/api/1.0", "ACME|fleet", true)]
    [InlineData("https://bitbucket.example.com/scm/~ann/fleet.git", "BitbucketDataCenter", "https://bitbucket.example.com/rest/api/1.0", "~ann|fleet", true)]
    [InlineData("ssh://git@bitbucket.example.com:7999/ACME/fleet.git", "BitbucketDataCenter", "https://bitbucket.example.com/rest/api/1.0", "ACME|fleet", false)]
    [InlineData("https://dev.azure.com/acme/Big%20Fleet/_git/fleet", "AzureDevOps", "https://dev.azure.com/acme", "Big Fleet|fleet", true)]
    [InlineData("https://dev.azure.com/acme/_git/fleet", "AzureDevOps", "https://dev.azure.com/acme", "fleet|fleet", true)]
    [InlineData("https://dev.azure.com/acme/p/_git/_full/fleet", "AzureDevOps", "https://dev.azure.com/acme", "p|fleet", true)]
    [InlineData("https://acme.visualstudio.com/p/_git/fleet", "AzureDevOps", "https://acme.visualstudio.com/", "p|fleet", true)]
    [InlineData("https://acme.visualstudio.com/DefaultCollection/_git/fleet", "AzureDevOps", "https://acme.visualstudio.com/DefaultCollection", "fleet|fleet", true)]
    [InlineData("ssh://git@ssh.dev.azure.com/v3/acme/p/fleet", "AzureDevOps", "https://dev.azure.com/acme", "p|fleet", false)]
    [InlineData("https://tfs.example.com/tfs/Main/p/_git/fleet", "AzureDevOps", "https://tfs.example.com/tfs/Main", "p|fleet", true)]
    public void The_URL_tells(string url, string host, string api, string path, bool shares)
    {
        Assert.True(HostedRepository.TryRecognise(new Uri(url), host: null, api: null, out var repository, out var error), error);
        Assert.Equal((host, new Uri(api), path, shares),
            (repository.Host.ToString(), repository.Api, string.Join('|', repository.Path), repository.SharesCredentials));
    }

    [Theory]
    [InlineData("https://git.example.com/acme/fleet.git", "cannot tell which API the host git.example.com speaks: say host=NAME, one of github, gitlab, gitea, forgejo, bitbucket, bitbucket-data-center, azure-devops")]
    [InlineData("https://mygithub.com/acme/fleet.git", "cannot tell which API")]
    [InlineData("https://github.com/fleet.git", "expected /OWNER/NAME")]
    [InlineData("https://github.com/a/b/fleet.git", "expected /OWNER/NAME")]
    [InlineData("https://gitlab.com/fleet", "expected /GROUP/…/NAME")]
    [InlineData("https://dev.azure.com/acme/p/fleet", "expected /ORGANISATION/PROJECT/_git/NAME")]
    [InlineData("https://dev.azure.com/_git/fleet", "expected /ORGANISATION/PROJECT/_git/NAME")]
    [InlineData("https://bitbucket.example.com/ACME/fleet", "expected /scm/PROJECT/NAME")]
    [InlineData("https://github.com/acme/%2e%2e%2fother", "names no repository")]
    [InlineData("https://github.com/", "names no repository")]
    [InlineData("file:///srv/fleet", "none of http, https and ssh")]
    public void What_cannot_be_told_is_said(string url, string words)
    {
        Assert.False(HostedRepository.TryRecognise(new Uri(url), host: null, api: null, out _, out var error));
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://git.example.com/acme/fleet", "gitea", "https://git.example.com/api/v1", true)]
    [InlineData("https://git.example.com/acme/fleet", "gitea", "https://git.example.com:444/api/v1", false)]
    [InlineData("https://git.example.com/acme/fleet", "gitea", "http://git.example.com/api/v1", false)]
    [InlineData("https://git.example.com/acme/fleet", "gitea", "https://evil.example/api/v1", false)]
    [InlineData("https://github.com/acme/fleet", "github", "https://api.github.com/", true)]
    [InlineData("https://github.com/acme/fleet", "gitlab", "https://api.github.com/", false)]
    [InlineData("ssh://git@git.example.com/acme/fleet", "gitea", "https://git.example.com/api/v1", false)]
    public void Credentials_of_the_URL_go_to_its_own_origin_alone(string url, string kind, string api, bool shares)
    {
        Assert.True(GitHosts.TryParse(kind, out var host));
        Assert.True(HostedRepository.TryRecognise(new Uri(url), host, new Uri(api), out var repository, out var error), error);
        Assert.Equal(shares, repository.SharesCredentials);
        Assert.False(repository.Api.AbsolutePath.Length > 1 && repository.Api.AbsolutePath.EndsWith('/'));
    }

    [Fact]
    public void GitLab_below_a_path_is_told_by_its_API()
    {
        var url = new Uri("https://git.example.com/gitlab/a/fleet.git");
        Assert.True(HostedRepository.TryRecognise(url, GitHost.GitLab, new Uri("https://git.example.com/gitlab/api/v4"), out var repository, out _));
        Assert.Equal(["a", "fleet"], repository.Path);
    }

    [Theory]
    [InlineData("ftp://git.example.com/api")]
    [InlineData("https://user@git.example.com/api")]
    [InlineData("https://git.example.com/api?x=1")]
    [InlineData("/api")]
    public void An_API_address_is_a_plain_URL(string api)
    {
        Assert.False(HostedRepository.TryRecognise(
            new Uri("https://git.example.com/a/b"), GitHost.Gitea, new Uri(api, UriKind.RelativeOrAbsolute), out _, out var error));
        Assert.Contains("http or https URL", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_host_has_a_name_and_tells_what_a_token_needs()
    {
        foreach (var name in GitHosts.Names)
        {
            Assert.True(GitHosts.TryParse(name, out var host));
            Assert.NotEmpty(host.Value.Display());
            Assert.Contains("token", host.Value.Permissions(), StringComparison.Ordinal);
        }

        Assert.False(GitHosts.TryParse("GitHub", out _));
    }
}

using Xunit;

namespace GitOpsToolkit.Git.Tests;

public sealed class GrammarTests
{
    [Theory]
    [InlineData("https://example.com/org/app.git", "https://example.com/org/app.git", "https://example.com/")]
    [InlineData("http://127.0.0.1:3000/a", "http://127.0.0.1:3000/a", "http://127.0.0.1:3000/")]
    [InlineData("ssh://example.com/org/app", "ssh://git@example.com/org/app", "ssh://example.com/")]
    [InlineData("ssh://me@example.com:2222/~/a'b;c.git", "ssh://me@example.com:2222/~/a'b;c.git", "ssh://example.com:2222/")]
    [InlineData("ssh://git@[::1]:22/app", "ssh://git@[::1]:22/app", "ssh://[::1]:22/")]
    [InlineData("HTTPS://Example.COM/A", "https://example.com/A", "https://example.com/")]
    public void Good_addresses(string text, string shown, string origin)
    {
        var url = GitUrl.Parse(text, out var embedded);

        Assert.Equal(shown, url.ToString());
        Assert.Equal(origin, url.Origin);
        Assert.Null(embedded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-oProxyCommand=x")]
    [InlineData("--upload-pack=x")]
    [InlineData("ext::sh -c x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("git@example.com:org/app")]
    [InlineData("ssh://git:secret@example.com/a")]
    [InlineData("ssh://-oProxyCommand=x@example.com/a")]
    [InlineData("ssh://-oProxyCommand=x/a")]
    [InlineData("ssh://a%20b@example.com/a")]
    [InlineData("ssh://$(id)@example.com/a")]
    [InlineData("ssh://git@example.com")]
    [InlineData("ssh://git@example.com/")]
    [InlineData("ssh://git@example.com/a?b")]
    [InlineData("ssh://git@example.com/a%0ab")]
    [InlineData("ssh://example.com:org/app")]
    [InlineData("http://")]
    [InlineData("http://-x/a")]
    [InlineData("http://example.com/a\nb")]
    [InlineData("http://example.com/a b")]
    [InlineData("http://example.com/a#b")]
    public void Bad_addresses(string text) =>
        Assert.Equal(GitFailure.InvalidInput, Assert.Throws<GitException>(() => GitUrl.Parse(text)).Failure);

    [Fact]
    public void User_information_is_taken_out_of_an_address()
    {
        var url = GitUrl.Parse("https://user:p%40ss@example.com/a", out var embedded);

        Assert.Equal("https://example.com/a", url.ToString());
        Assert.Equal(new GitCredentials { Username = "user", Password = "p@ss" }, embedded);
        Assert.Equal("https://example.com/a", GitUrl.Redact("https://user:secret@example.com/a?token=secret"));
        Assert.DoesNotContain("secret", GitUrl.Redact("ftp://user:secret@example.com/a"), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", Assert.Throws<GitException>(() => GitUrl.Parse("ftp://user:secret@h/a b")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refs/heads/main", true)]
    [InlineData("refs/pull/420/head", true)]
    [InlineData("refs/heads/feature/größe", true)]
    [InlineData("main", false)]
    [InlineData("refs/heads/", false)]
    [InlineData("refs/heads/a..b", false)]
    [InlineData("refs/heads/.a", false)]
    [InlineData("refs/heads/a.lock", false)]
    [InlineData("refs/heads/a b", false)]
    [InlineData("refs/heads/a~1", false)]
    [InlineData("refs/heads/a^{}", false)]
    [InlineData("refs/heads/a:b", false)]
    [InlineData("refs/heads/a*", false)]
    [InlineData("refs/heads/a@{1}", false)]
    [InlineData("refs/heads/a\\b", false)]
    [InlineData("refs/heads/a//b", false)]
    [InlineData("refs/heads/a.", false)]
    public void Reference_names(string name, bool good) => Assert.Equal(good, RefNames.IsFullName(name));

    [Theory]
    [InlineData("-x")]
    [InlineData("")]
    [InlineData("a b")]
    public void Branches_that_would_be_options_are_refused(string name)
    {
        Assert.Throws<GitException>(() => RefNames.Branch(name));
        Assert.Throws<GitException>(() => RefNames.Tag(name));
    }

    [Theory]
    [InlineData("tok en")]
    [InlineData("tok\r\nX-Evil: 1")]
    [InlineData("tökén")]
    public void Tokens_that_would_break_a_header_are_refused(string token) =>
        Assert.Throws<GitException>(() => new GitCredentials { BearerToken = token }.AuthorizationHeader());

    [Theory]
    [InlineData("fatal: unable to access 'http://x/': The requested URL returned error: 403", GitFailure.Authentication)]
    [InlineData("fatal: could not read Username for 'http://x': terminal prompts disabled", GitFailure.Authentication)]
    [InlineData("remote: Not found.\nfatal: repository 'http://x/' not found", GitFailure.RepositoryNotFound)]
    [InlineData("fatal: couldn't find remote ref refs/heads/x", GitFailure.RefNotFound)]
    [InlineData("error: Server does not allow request for unadvertised object 1111", GitFailure.RefNotFound)]
    [InlineData("fatal: unable to access 'https://x/': server certificate verification failed. CAfile: none CRLfile: none", GitFailure.Tls)]
    [InlineData("fatal: unable to access 'https://x/': Could not resolve host: x", GitFailure.Unreachable)]
    [InlineData("error: object file objects/01/2 is empty\nfatal: loose object 012 (stored in objects/01/2) is corrupt", GitFailure.Corrupt)]
    [InlineData("fatal: something new", GitFailure.Other)]
    public void Error_texts_are_understood(string text, GitFailure expected)
    {
        var error = GitFailures.From("failed to fetch from", new GitEndpoint(GitUrl.Parse("https://example.com/a"), null, TimeSpan.FromSeconds(1)), text);

        Assert.Equal(expected, error.Failure);
        Assert.StartsWith("failed to fetch from 'https://example.com/a': ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Push_reports_are_read_line_by_line()
    {
        PushCommand[] commands = [new("refs/heads/a", "1"), new("refs/heads/b", "2"), new("refs/heads/c", "3"), new("refs/heads/d", "4")];
        const string report = "To http://x\n*\t1:refs/heads/a\t[new branch]\n!\t2:refs/heads/b\t[rejected] (fetch first)\n"
            + "!\t3:refs/heads/c\t[remote rejected] (protected branch hook declined)\n=\t4:refs/heads/d\t[up to date]\nDone\n";

        var outcomes = PushReport.Read(commands, report, "remote: ask first\nerror: failed to push some refs\n")!;

        Assert.Equal(
            [PushResult.Pushed, PushResult.RejectedNonFastForward, PushResult.RejectedByHook, PushResult.UpToDate],
            outcomes.Select(outcome => outcome.Result));
        Assert.Equal("protected branch hook declined; ask first", outcomes[2].Message);
        Assert.Null(PushReport.Read(commands, "", "fatal: no"));
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.Git;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Controllers.Source.Tests;

public sealed class GitRepositoryFailureTests : SourceFixture
{
    [Fact]
    public async Task Credentials_missing_wrong_and_right()
    {
        using var copy = await NewRepositoryAsync("closed");
        var id = await copy.PushCommitAsync("first", ("a", "1"));
        Git.SetAccess("closed", GitAccess.Basic("git", "s3cret!"));
        await CreateAsync("anonymous", Spec("closed"));
        await CreateAsync("later", Spec("closed"));
        await PatchAsync("later", """{"spec":{"secretRef":{"name":"login"}}}""");

        await WaitFailedAsync("anonymous", "GitOperationFailed", "in spec.secretRef");
        await WaitFailedAsync("later", "AuthenticationFailed", "failed to get secret 'default/login'");
        await CreateSecretAsync("login", ("username", "git"), ("password", "wr0ng!"));
        var failed = await WaitFailedAsync("later", "GitOperationFailed", "authentication failed");
        Assert.DoesNotContain("wr0ng", failed.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("True", (string)Condition(failed, "FetchFailed")!["status"]!);

        await Client.MergePatchAsync(
            ResourcePath.Core("secrets", "default", "login"), JsonNode.Parse("""{"data":{"password":"czNjcmV0IQ=="}}""")!.AsObject(), null, default);

        var ready = await WaitReadyAsync("later", $"main@sha1:{id}");
        Assert.Null(Condition(ready, "FetchFailed"));
        Assert.DoesNotContain(await EventsAsync("later"), e => e.ToJsonString().Contains("s3cret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bearer_token_is_taken()
    {
        using var copy = await NewRepositoryAsync("token");
        var id = await copy.PushCommitAsync("first", ("a", "1"));
        Git.SetAccess("token", GitAccess.Bearer("t0ken"));
        await CreateSecretAsync("bearer", ("bearerToken", "t0ken\n"));
        await CreateAsync("app", Spec("token"));
        await PatchAsync("app", """{"spec":{"secretRef":{"name":"bearer"}}}""");

        await WaitReadyAsync("app", $"main@sha1:{id}");
    }

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task A_proxy_is_used_for_all_that_is_asked_of_the_server(string scheme)
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first", ("a", "1"));
        using var proxy = new TestProxy(("ann", "pass word"));
        await CreateSecretAsync("proxy", ("address", $"{scheme}://127.0.0.1:{proxy.Port}"), ("username", "ann"), ("password", "pass word"));
        await CreateSecretAsync("odd", ("username", "ann"));
        await CreateAsync("app", Spec("app"));
        await PatchAsync("app", $$$"""{"spec":{"url":"http://git.invalid:{{{Git.Url.Port}}}/app.git","proxySecretRef":{"name":"proxy"} } }""");
        await CreateAsync("broken", Spec("app"));
        await PatchAsync("broken", """{"spec":{"proxySecretRef":{"name":"odd"}}}""");

        await WaitReadyAsync("app", $"main@sha1:{id}");
        Assert.All(proxy.Targets, target => Assert.EndsWith($" git.invalid:{Git.Url.Port}", target, StringComparison.Ordinal));
        await WaitFailedAsync("broken", "AuthenticationFailed", "failed to configure proxy options: secret 'default/odd': key 'address' not found");
    }

    [Fact]
    public async Task A_repository_is_read_over_SSH()
    {
        Assert.SkipUnless(SshServerProgram.IsInstalled, SshServerProgram.Missing);
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first", ("a", "1"));
        await using var server = await SshServerProgram.StartAsync(["ed25519"]);
        await SshServerProgram.RunAsync("git", ["clone", "--quiet", "--bare", Git.RepositoryPath("app"), Path.Combine(server["repositories"], "app.git")]);
        var key = await SshServerProgram.NewKeyAsync(server["client"], "-t", "ed25519", "-N", "open sesame");
        await server.AllowAsync(await File.ReadAllTextAsync(server["client.pub"]));
        await server.OpenAsync();
        await CreateAsync("app", Spec("app"));
        await PatchAsync("app", $$$"""{"spec":{"url":"ssh://127.0.0.1:{{{server.Port}}}{{{server["repositories"]}}}/app.git"}}""");
        await WaitFailedAsync("app", "AuthenticationFailed", "SSH needs a secret with 'identity' and 'known_hosts'");
        await CreateSecretAsync("ssh", ("identity", key), ("password", "open sesame"));
        await PatchAsync("app", """{"spec":{"secretRef":{"name":"ssh"}}}""");
        await WaitAsync("app", "the missing key is named", obj => ((string?)Condition(obj, "Ready")?["message"])?.Contains("'known_hosts' is required", StringComparison.Ordinal) == true);

        var hosts = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(await server.KnownHostAsync("ed25519")));
        await Client.MergePatchAsync(ResourcePath.Core("secrets", "default", "ssh"), JsonNode.Parse("{\"data\":{\"known_hosts\":\"" + hosts + "\"}}")!.AsObject(), null, default);

        await WaitReadyAsync("app", $"main@sha1:{id}");
    }

    [Theory]
    [InlineData("password", "x", "AuthenticationFailed", "'password' requires 'username'")]
    [InlineData("githubAppID", "1", "InvalidProviderConfiguration", "provider is not set to github")]
    [InlineData("tls.crt", "x", "AuthenticationFailed", "must be set together")]
    public async Task Secrets_that_make_no_sense_are_explained(string key, string value, string reason, string message)
    {
        await Git.CreateRepositoryAsync("app");
        await CreateSecretAsync("odd", (key, value));
        await CreateAsync("app", Spec("app"));
        await PatchAsync("app", """{"spec":{"secretRef":{"name":"odd"}}}""");

        await WaitFailedAsync("app", reason, message);
    }

    [Fact]
    public async Task An_empty_repository_waits_for_its_first_commit()
    {
        using var copy = await NewRepositoryAsync("empty");
        await CreateAsync("app", Spec("empty"));
        var failed = await WaitFailedAsync("app", "EmptyGitRepository", "git repository is empty");
        Assert.Equal("EmptyGitRepository", (string)Condition(failed, "FetchFailed")!["reason"]!);
        ConditionInvariants.Verify(failed);

        await WaitReadyAsync("app", $"main@sha1:{await copy.PushCommitAsync("first", ("a", "1"))}");
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first", ("a", "1"));
        (string Name, JsonObject Spec, string Message)[] cases =
        [
            ("branch", Spec("app", """{"branch":"gone"}"""), "couldn't find remote ref 'refs/heads/gone'"),
            ("tag", Spec("app", """{"tag":"v9"}"""), "couldn't find remote ref 'refs/tags/v9'"),
            ("semver", Spec("app", """{"semver":">=9.0.0"}"""), "no match found for semver: >=9.0.0"),
            ("commit", Spec("app", $$"""{"commit":"{{new string('a', 40)}}"}"""), $"commit {new string('a', 40)} is not in"),
            ("repository", Spec("absent"), "repository not found"),
        ];
        foreach (var (name, spec, _) in cases)
        {
            await CreateAsync(name, spec);
        }

        foreach (var (name, _, message) in cases)
        {
            await WaitFailedAsync(name, "GitOperationFailed", message);
        }
    }

    [Fact]
    public async Task A_branch_that_goes_away_fails_and_keeps_the_last_artifact()
    {
        using var copy = await NewRepositoryAsync("app");
        await copy.PushCommitAsync("first", ("a", "1"));
        await copy.GitAsync("push", "--quiet", "origin", "HEAD:topic");
        await CreateAsync("app", Spec("app", """{"branch":"topic"}"""));
        await WaitReadyAsync("app", $"topic@sha1:{await copy.HeadAsync()}");

        await copy.GitAsync("push", "--quiet", "origin", ":topic");
        await RequestAsync("app", "gone");
        var failed = await WaitFailedAsync("app", "GitOperationFailed", "refs/heads/topic");
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync((string)failed["status"]!["artifact"]!["url"]!)).StatusCode);
        Assert.Equal("True", (string)Condition(failed, "ArtifactInStorage")!["status"]!);

        await copy.GitAsync("push", "--quiet", "origin", "HEAD:topic");
        await WaitReadyAsync("app", $"topic@sha1:{await copy.HeadAsync()}");
        await Eventually.TrueAsync(async () => (await EventsAsync("app")).Any(e => (string?)e["reason"] == "Succeeded"), "the recovery is told");
    }

    [Fact]
    public async Task A_server_that_is_away_or_never_answers_costs_only_its_own_object()
    {
        using var tarpit = new TcpListener(IPAddress.Loopback, 0);
        tarpit.Start();
        var port = ((IPEndPoint)tarpit.LocalEndpoint).Port;
        using var copy = await NewRepositoryAsync("good");
        var id = await copy.PushCommitAsync("first", ("a", "1"));
        var stuck = Spec("x");
        stuck["url"] = $"http://127.0.0.1:{port}/x.git";
        stuck["timeout"] = "1s";
        var away = Spec("x");
        away["url"] = "http://127.0.0.1:9/x.git";
        await CreateAsync("stuck", stuck);
        await CreateAsync("away", away);
        await CreateAsync("good", Spec("good"));

        await WaitReadyAsync("good", $"main@sha1:{id}");
        await WaitFailedAsync("stuck", "GitOperationFailed", "did not finish within 1 s");
        await WaitFailedAsync("away", "GitOperationFailed", "cannot be reached");
    }

    [Theory]
    [InlineData("""{"url":"ssh://git:secret@example.com/x.git"}""", "URLInvalid", "holds a password")]
    [InlineData("""{"url":"ssh://git@example.com/x.git","proxySecretRef":{"name":"x"}}""", "GitOperationFailed", "spec.proxySecretRef: a proxy is used for http and https only")]
    [InlineData("""{"verify":{"mode":"HEAD","secretRef":{"name":"x"}}}""", "InvalidSpec", "spec.verify")]
    [InlineData("""{"recurseSubmodules":true}""", "InvalidSpec", "spec.recurseSubmodules")]
    [InlineData("""{"sparseCheckout":["a"]}""", "InvalidSpec", "spec.sparseCheckout")]
    [InlineData("""{"include":[{"repository":{"name":"x"}}]}""", "InvalidSpec", "spec.include")]
    [InlineData("""{"provider":"github"}""", "InvalidSpec", "spec.provider")]
    [InlineData("""{"ref":{"branch":"--upload-pack=x"}}""", "GitOperationFailed", "is no branch name")]
    [InlineData("""{"ref":{"semver":"not a range"}}""", "GitOperationFailed", "semver parse error")]
    public async Task What_only_the_user_can_change_stalls(string patch, string reason, string message)
    {
        using var copy = await NewRepositoryAsync("app");
        var id = await copy.PushCommitAsync("first", ("a", "1"));
        var spec = Spec("app");
        foreach (var (key, value) in JsonNode.Parse(patch)!.AsObject())
        {
            spec[key] = value!.DeepClone();
        }

        await CreateAsync("app", spec);
        var stalled = await WaitFailedAsync("app", reason, message);
        Assert.Equal("True", (string)Condition(stalled, "Stalled")!["status"]!);
        ConditionInvariants.Verify(stalled);

        await PatchAsync("app", """{"spec":{"verify":null,"recurseSubmodules":null,"sparseCheckout":null,"include":null,"provider":null,"proxySecretRef":null}}""");
        await PatchAsync("app", $$$"""{"spec":{"url":"{{{Git.CloneUrl("app")}}}","ref":{"branch":"main","semver":null} } }""");
        await WaitReadyAsync("app", $"main@sha1:{id}");
    }

    [Fact]
    public async Task OCIRepository_says_that_it_waits_for_nobody()
    {
        var path = new ResourcePath("source.toolkit.fluxcd.io", "v1", "ocirepositories", "default");
        var body = JsonNode.Parse("""
            {"apiVersion":"source.toolkit.fluxcd.io/v1","kind":"OCIRepository","metadata":{"name":"oci","namespace":"default"},
             "spec":{"url":"oci://example.com/x","interval":"1h"}}
            """)!.AsObject();
        await Client.CreateAsync(path, body, null, default);

        var stalled = await Eventually.GetAsync(
            async () => await Client.GetAsync(path with { Name = "oci" }, default) is { } obj && Condition(obj, "Stalled") is not null ? obj : null, "stalled");

        Assert.Contains("does not reconcile OCIRepository yet", (string)Condition(stalled, "Stalled")!["message"]!, StringComparison.Ordinal);
        ConditionInvariants.Verify(stalled);
    }
}

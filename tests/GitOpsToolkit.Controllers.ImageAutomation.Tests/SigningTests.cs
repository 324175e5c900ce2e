using System.Text.Json.Nodes;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

/// <summary>Commits signed with the key of a Secret, verified by git.</summary>
public sealed class SigningTests : AutomationFixture
{
    private const string Marked = "kind: A\nimage: reg.io/app:1 # {\"$imagepolicy\": \"default:app\"}\n";

    [Fact]
    public async Task OpenPgp_the_secret_that_lacks_its_passphrase_is_told_and_mended()
    {
        Assert.SkipUnless(GpgProgram.IsInstalled, GpgProgram.Missing);
        using var gpg = new GpgProgram();
        var key = await gpg.ExportAsync("CANARY", await gpg.NewKeyAsync("ed25519", "CANARY"));
        using var copy = await BeginAsync("gpg");

        // Nothing is committed in the meantime, least of all without a signature.
        Assert.Equal(
            "failed configuring source manager: could not find signing key secret 'default/signing': failed to get secret 'default/signing': secrets \"signing\" not found",
            await WaitFailedAsync("SourceManagerFailed"));
        await CreateSecretAsync("signing", ("git.asc", key));
        await WaitMessageAsync("signing key secret 'default/signing': can not use passphrase protected signing key without 'passphrase' field present");
        await SetSecretAsync("git.asc", "hello", "passphrase", "CANARY");
        await WaitMessageAsync("signing key secret 'default/signing': could not read signing key");
        await SetSecretAsync("git.asc", "", "passphrase", "CANARY");
        await WaitMessageAsync("signing key secret 'default/signing' does not contain a 'git.asc' key");
        await SetSecretAsync("git.asc", key, "passphrase", "CANARY");

        await WaitPushedAsync();
        await VerifyAsync(copy, new Dictionary<string, string> { ["GNUPGHOME"] = gpg.Home });
        Assert.DoesNotContain("CANARY", Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ssh_with_a_passphrase_and_one_commit_for_each_policy()
    {
        var key = await SshServerProgram.NewKeyAsync(Folder["key"], "-t", "ed25519", "-N", "CANARY");
        await CreateSecretAsync("signing", ("identity", key), ("password", "CANARY"));
        await CreatePolicyAsync("other", "7");
        using var copy = await BeginAsync("ssh", ("other.yaml", Marked.Replace("default:app", "default:other")));

        // The first run may have come before the news of the other policy; after the one that knows both there is nothing to sign.
        await WaitAsync("both policies are committed", obj => IsReady(obj) && obj["status"]!["observedPolicies"]?.AsObject().Count == 2);
        await File.WriteAllTextAsync(Folder["allowed"], $"bot@example.com {await File.ReadAllTextAsync(Folder["key.pub"])}");
        await VerifyAsync(copy, [], "-c", "gpg.ssh.allowedSignersFile=" + Folder["allowed"]);
        Assert.DoesNotContain("CANARY", Log.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(Options.StoragePath, "*", SearchOption.AllDirectories), file => file.EndsWith("identity", StringComparison.Ordinal));
    }

    private async Task<GitWorkingCopy> BeginAsync(string type, params (string Path, string? Text)[] more)
    {
        var copy = await SeedAsync([("web.yaml", Marked), .. more]);
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "2");
        await CreateAutomationAsync(
            change: spec => spec["git"]!["commit"]!["signingKey"] = new JsonObject { ["type"] = type, ["secretRef"] = new JsonObject { ["name"] = "signing" } },
            annotations: new JsonObject { ["gitopstoolkit.dev/commit-per"] = "policy" });
        return copy;
    }

    /// <summary>Each commit that is not the seed verifies.</summary>
    private async Task VerifyAsync(GitWorkingCopy copy, Dictionary<string, string> environment, params string[] settings)
    {
        await copy.GitAsync("fetch", "--quiet", "origin", "main");
        var commits = (await copy.GitAsync("rev-list", "--author=bot", "FETCH_HEAD")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(commits);
        foreach (var commit in commits)
        {
            var (code, _, told) = await copy.TryGitAsync(environment, [.. settings, "verify-commit", commit]);
            Assert.True(code == 0 && told.Contains("Good", StringComparison.Ordinal), told);
        }
    }

    private Task WaitMessageAsync(string said) => WaitAsync(
        said, obj => (string?)Condition(obj, "Ready")?["reason"] == "SourceManagerFailed" && ((string)Condition(obj, "Ready")!["message"]!).Contains(said, StringComparison.Ordinal));

    private async Task SetSecretAsync(params string[] data)
    {
        await DeleteSecretAsync("signing");
        await CreateSecretAsync("signing", [.. data.Chunk(2).Select(pair => (pair[0], pair[1]))]);
    }
}

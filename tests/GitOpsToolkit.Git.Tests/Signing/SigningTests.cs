using System.Text;
using GitOpsToolkit.Git.Signing;
using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GitOpsToolkit.Git.Tests.Signing;

/// <summary>Signed commits, and git's own word for each: <c>git verify-commit</c>.</summary>
public sealed class SigningTests : GitFixture
{
    private const string Passphrase = "pass $(id) \"wörd'\\";
    private static readonly GitSignature Robot = new("Röbot", "robot@example.com", DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly GpgProgram? _gpg = GpgProgram.IsInstalled ? new GpgProgram() : null;

    private GpgProgram Gpg => _gpg!;

    private CommitSigners Signers => new(Folder["keys"], TimeProvider.System);

    [Theory]
    [InlineData("rsa2048")]
    [InlineData("rsa3072")]
    [InlineData("ed25519")]
    [InlineData("nistp256")]
    public async Task OpenPgp_keys_with_and_without_a_passphrase(string algorithm)
    {
        Assert.SkipUnless(GpgProgram.IsInstalled, GpgProgram.Missing);
        foreach (var passphrase in new[] { "", Passphrase })
        {
            var fingerprint = await Gpg.NewKeyAsync(algorithm, passphrase);
            var signer = Signers.OpenPgp(await Gpg.ExportAsync(passphrase, fingerprint), passphrase.Length == 0 ? null : passphrase);
            var (code, told) = await VerifyAsync(await CommitAsync(signer));
            Assert.True(code == 0, told);
            Assert.Contains("Good signature", told, StringComparison.Ordinal);
            Assert.Contains(fingerprint[^16..], told, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_subkey_signs_where_the_primary_key_only_certifies_or_is_kept_elsewhere()
    {
        Assert.SkipUnless(GpgProgram.IsInstalled, GpgProgram.Missing);
        var primary = await Gpg.NewKeyAsync("ed25519", Passphrase, "cert");
        await Gpg.RunAsync("--passphrase", Passphrase, "--quick-add-key", primary, "ed25519", "sign", "0");
        await Gpg.RunAsync("--passphrase", Passphrase, "--quick-add-key", primary, "cv25519", "encr", "0");
        foreach (var what in new[] { "--export-secret-keys", "--export-secret-subkeys" })
        {
            var signer = Signers.OpenPgp(await Gpg.RunAsync("--passphrase", Passphrase, "--armor", what, primary), Passphrase);
            var (code, told) = await VerifyAsync(await CommitAsync(signer));
            Assert.True(code == 0, told);
        }
    }

    [Fact]
    public async Task OpenPgp_keys_that_cannot_sign_are_told_why()
    {
        Assert.SkipUnless(GpgProgram.IsInstalled, GpgProgram.Missing);
        var good = await Gpg.NewKeyAsync("ed25519");
        var key = await Gpg.ExportAsync("", good);
        var other = await Gpg.NewKeyAsync("ed25519", Passphrase);
        var closed = await Gpg.ExportAsync(Passphrase, other);
        var expired = await Gpg.ExportAsync("", await Gpg.NewKeyAsync("ed25519", expires: "1d", more: ["--faked-system-time", "20200101T000000"]));
        var certifies = await Gpg.ExportAsync("", await Gpg.NewKeyAsync("ed25519", usage: "cert"));
        var revoked = await RevokedAsync();
        (string Key, string? Passphrase, string Said)[] cases =
        [
            ("", null, "could not read signing key: it holds no private key"),
            ("hello", null, "could not read signing key"),
            (key[..(key.Length / 2)], null, "could not read signing key"),
            (await Gpg.RunAsync("--armor", "--export", good), null, "it is a public key"),
            (await Gpg.RunAsync("--armor", "--passphrase", Passphrase, "--export-secret-keys", good, other), Passphrase, "multiple entities read"),
            (closed, null, "can not use passphrase protected signing key without 'passphrase' field present"),
            (closed, "CANARY", "could not decrypt private key of the signing key: the 'passphrase' does not open it"),
            (expired, null, "the signing key expired at 2020-01-02T00:00:00Z"),
            (certifies, null, "has no part that may sign"),
            (revoked, null, "the signing key is revoked"),
        ];
        foreach (var (text, passphrase, said) in cases)
        {
            var error = Record.Exception(() => Signers.OpenPgp(text, passphrase));
            Assert.True(error is FormatException, $"{said}: {error}");
            Assert.Contains(said, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_that_expires_while_it_is_kept_signs_no_more()
    {
        Assert.SkipUnless(GpgProgram.IsInstalled, GpgProgram.Missing);
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var signer = new CommitSigners(Folder["keys"], time).OpenPgp(await Gpg.ExportAsync("", await Gpg.NewKeyAsync("ed25519", expires: "7d")), null);
        await signer.SignAsync("x"u8.ToArray(), default);
        time.Advance(TimeSpan.FromDays(8));
        var error = await Assert.ThrowsAsync<GitException>(() => signer.SignAsync("x"u8.ToArray(), default));
        Assert.Contains("cannot sign the commit: the signing key expired at", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_keys_of_any_kind_give_an_error_in_words()
    {
        Assert.SkipUnless(GpgProgram.IsInstalled, GpgProgram.Missing);
        var key = await Gpg.ExportAsync("", await Gpg.NewKeyAsync("ed25519"));
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var text = new StringBuilder(key);
            for (var change = 0; change <= i % 4; change++)
            {
                text[random.Next(text.Length)] = "ABCxyz019+/=\n-"[random.Next(14)];
            }

            try
            {
                await Signers.OpenPgp(text.ToString(), null).SignAsync("x"u8.ToArray(), default);
            }
            catch (Exception error) when (error is FormatException or GitException)
            {
                Assert.NotEmpty(error.Message);
            }
        }
    }

    [Theory]
    [InlineData("rsa", "-b", "2048")]
    [InlineData("rsa", "-b", "3072", "-m", "PEM")]
    [InlineData("ecdsa", "-b", "256")]
    [InlineData("ecdsa", "-b", "384", "-m", "PKCS8")]
    [InlineData("ecdsa", "-b", "521")]
    [InlineData("ed25519")]
    public async Task Ssh_keys_of_every_type_with_and_without_a_passphrase(string type, params string[] form)
    {
        foreach (var passphrase in new[] { "", Passphrase })
        {
            var path = Folder[$"key{passphrase.Length}"];
            var key = await SshServerProgram.NewKeyAsync(path, ["-t", type, "-N", passphrase, .. form]);
            var signer = await Signers.SshAsync(key.ReplaceLineEndings("\r\n"), passphrase.Length == 0 ? null : passphrase, default);
            var (code, told) = await VerifyAsync(await CommitAsync(signer), await File.ReadAllTextAsync(path + ".pub"));
            Assert.True(code == 0, told);
            Assert.Contains("Good \"git\" signature for robot@example.com", told, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder["keys"]));
    }

    [Fact]
    public async Task Ssh_keys_that_cannot_sign_are_told_why()
    {
        var key = await SshServerProgram.NewKeyAsync(Folder["good"], "-t", "ed25519");
        var closed = await SshServerProgram.NewKeyAsync(Folder["closed"], "-t", "ed25519", "-N", Passphrase);
        var small = await SshServerProgram.NewKeyAsync(Folder["small"], "-t", "rsa", "-b", "1024");
        (string Key, string? Passphrase, string Said)[] cases =
        [
            ("", null, "could not read signing key: 'identity' is no private key"),
            (await File.ReadAllTextAsync(Folder["good.pub"]), null, "'identity' is a public key"),
            (key.Insert(key.Length / 2, "AAAA"), null, "could not read signing key"),
            (closed, null, "'identity' is encrypted: give its passphrase as 'password'"),
            (closed, "CANARY", "could not decrypt signing key: the 'password' does not open the 'identity'"),
            (small, null, "could not use signing key: it is RSA of 1024 bits, 2048 are the least"),
        ];
        foreach (var (text, passphrase, said) in cases)
        {
            var error = await Assert.ThrowsAsync<FormatException>(() => Signers.SshAsync(text, passphrase, default));
            Assert.Contains(said, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("CANARY", error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(Folder.Path, error.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder["keys"]));
    }

    protected override void DisposeMore() => _gpg?.Dispose();

    /// <summary>A signed commit, pushed: its hash, its parent, its message and its author are what an unsigned one has.</summary>
    private async Task<string> CommitAsync(ICommitSigner signer)
    {
        const string Message = "Ünsere Botschaft\n\n- one\n  two  \n# three\n";
        using var copy = await NewRepositoryAsync("app" + Guid.NewGuid().ToString("N")[..8]);
        await copy.PushCommitAsync("first", ("a", "1"));
        var origin = new Uri((await copy.GitAsync("remote", "get-url", "origin")).Trim());
        var mirror = Store.Get(GitUrl.Parse(origin.AbsoluteUri), null);
        var tip = await mirror.FetchAsync("refs/heads/main", null, Timeout, default);
        Assert.Null(await mirror.NewCommit(tip).Write("a", "1"u8).BuildAsync(Robot, Robot, Message, signer, default));
        var id = (await mirror.NewCommit(tip).Write("a", "2"u8).BuildAsync(Robot, Robot, Message, signer, default))!;
        Assert.Equal(PushResult.Pushed, (await mirror.PushAsync("main", id, tip, Timeout, default)).Result);

        var repository = Server.RepositoryPath(Path.GetFileNameWithoutExtension(origin.AbsolutePath));
        Assert.Equal($"{tip}|Röbot|robot@example.com|{Message}", await copy.GitAsync("--git-dir=" + repository, "log", "-1", "--format=format:%P|%an|%ce|%B", id));
        await copy.GitAsync("--git-dir=" + repository, "fsck", "--strict");
        return repository;
    }

    private async Task<(int Code, string Told)> VerifyAsync(string repository, string? sshKey = null)
    {
        await File.WriteAllTextAsync(Folder["allowed"], sshKey is null ? "" : $"robot@example.com {sshKey}");
        using var copy = await GitWorkingCopy.InitAsync(new Uri("file:///nowhere"));
        var (code, _, told) = await copy.TryGitAsync(
            new Dictionary<string, string> { ["GNUPGHOME"] = _gpg?.Home ?? "" },
            "--git-dir=" + repository, "-c", "gpg.ssh.allowedSignersFile=" + Folder["allowed"], "verify-commit", "main");
        return (code, told);
    }

    private async Task<string> RevokedAsync()
    {
        var fingerprint = await Gpg.NewKeyAsync("ed25519");
        var certificate = Path.Combine(Gpg.Home, "openpgp-revocs.d", fingerprint + ".rev");

        // gpg puts a colon before the armour, so that nobody imports it unawares.
        await File.WriteAllTextAsync(Folder["revoke"], (await File.ReadAllTextAsync(certificate)).Replace(":-----BEGIN", "-----BEGIN", StringComparison.Ordinal));
        await Gpg.RunAsync("--import", Folder["revoke"]);
        return await Gpg.ExportAsync("", fingerprint);
    }
}

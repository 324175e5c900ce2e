using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Xunit;

namespace GitOpsToolkit.Git.Tests.Ssh;

/// <summary>What is told of keys and pinned hosts without a server.</summary>
public sealed class SshTextTests
{
    private const string Dashes = "-----";

    [Theory]
    [InlineData("", "is no private key")]
    [InlineData("PuTTY-User-Key-File-3: ssh-ed25519\n", "puttygen")]
    [InlineData("ssh-ed25519 AAAA me\n", "is a public key")]
    [InlineData("ecdsa-sha2-nistp256 AAAA me\n", "is a public key")]
    [InlineData("sk-ssh-ed25519@openssh.com AAAA me\n", "is a public key")]
    public void What_is_no_private_key_is_told(string text, string expected) => Assert.Contains(expected, SshIdentity.Problem(text, false), StringComparison.Ordinal);

    [Theory]
    [InlineData("PGP PRIVATE KEY BLOCK", "", "does not take (PGP PRIVATE KEY BLOCK)")]
    [InlineData("DSA PRIVATE KEY", "", "does not take (DSA PRIVATE KEY)")]
    [InlineData("OPENSSH PRIVATE KEY", "AAAA", "damaged")]
    [InlineData("OPENSSH PRIVATE KEY", "not base 64", "damaged")]
    [InlineData("ENCRYPTED PRIVATE KEY", "AAAA", "is encrypted")]
    [InlineData("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\nAAAA", "is encrypted")]
    public void Keys_that_cannot_serve_are_told(string label, string body, string expected) =>
        Assert.Contains(expected, SshIdentity.Problem(Pem(label, body), false), StringComparison.Ordinal);

    [Theory]
    [InlineData("RSA PRIVATE KEY")]
    [InlineData("EC PRIVATE KEY")]
    [InlineData("PRIVATE KEY")]
    public void Keys_in_PEM_are_taken_as_they_are(string label)
    {
        Assert.Null(SshIdentity.Problem(Pem(label, "AAAA"), false));
        Assert.Contains("a part of it is missing", SshIdentity.Problem(Pem(label, "AAAA")[..^6], false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ssh-ed25519", "none", null)]
    [InlineData("ssh-ed25519", "aes256-ctr", "is encrypted")]
    [InlineData("sk-ssh-ed25519@openssh.com", "none", "needs a security key")]
    [InlineData("sk-ecdsa-sha2-nistp256@openssh.com", "aes256-ctr", "needs a security key")]
    public void OpenSSH_s_own_form_tells_type_and_cipher(string type, string cipher, string? expected)
    {
        var blob = Field(type);
        var key = Pem("OPENSSH PRIVATE KEY", Convert.ToBase64String([.. "openssh-key-v1\0"u8, .. Field(cipher), .. Field("kdf"), .. Field(""), 0, 0, 0, 1, .. Field(blob)]));
        var problem = SshIdentity.Problem(key, false);
        if (expected is null)
        {
            Assert.Null(problem);
            return;
        }

        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_in_a_key_make_it_fail_otherwise() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        SshIdentity.Problem(Pem("OPENSSH PRIVATE KEY", Convert.ToBase64String([.. "openssh-key-v1\0"u8, .. bytes])), true);
    });

    [Fact]
    public void Line_ends_become_what_OpenSSH_wants() => Assert.Equal("a\nb\n", SshIdentity.Normalized("\r\na\r\nb"));

    [Theory]
    [InlineData("example.com,1.2.3.4 ssh-ed25519 AAAA", "example.com", 22, 1)]
    [InlineData("EXAMPLE.com ssh-ed25519 AAAA\nother ssh-rsa AAAA", "Example.COM", 22, 1)]
    [InlineData("example.com ssh-ed25519 AAAA\nexample.com ssh-rsa AAAA", "example.com", 22, 2)]
    [InlineData("[example.com]:2222 ssh-ed25519 AAAA", "example.com", 2222, 1)]
    [InlineData("[example.com]:2222 ssh-ed25519 AAAA", "example.com", 22, 0)]
    [InlineData("example.com ssh-ed25519 AAAA", "example.com", 2222, 1)]
    [InlineData("*.example.com ssh-ed25519 AAAA", "a.example.com", 22, 1)]
    [InlineData("*.example.com ssh-ed25519 AAAA", "example.com", 22, 0)]
    [InlineData("host? ssh-ed25519 AAAA", "host1", 22, 1)]
    [InlineData("*,!bad.example.com ssh-ed25519 AAAA", "bad.example.com", 22, 0)]
    [InlineData("# example.com ssh-ed25519 AAAA", "example.com", 22, 0)]
    [InlineData("#example.com ssh-ed25519 AAAA", "example.com", 22, 0)]
    [InlineData("example.com ssh-ed25519 %%%", "example.com", 22, 0)]
    [InlineData("@revoked * ssh-ed25519 AAAA", "example.com", 22, 1)]
    [InlineData("::1 ssh-ed25519 AAAA", "[::1]", 22, 1)]
    [InlineData("|1|x|y ssh-ed25519 AAAA\n|1| ssh-rsa AAAA\n|2|a|b ssh-rsa AAAA", "example.com", 22, 0)]
    public void Pinned_keys_are_found_by_host_and_port(string text, string host, int port, int count) => Assert.Equal(count, KnownHosts.Find(text, host, port).Count);

    [Fact]
    public void Hashed_hosts_are_found()
    {
        var salt = RandomNumberGenerator.GetBytes(20);
#pragma warning disable CA5350 // The form of the file prescribes SHA-1.
        var hash = HMACSHA1.HashData(salt, "[example.com]:2222"u8);
#pragma warning restore CA5350
        var text = $"@cert-authority |1|{Convert.ToBase64String(salt)}|{Convert.ToBase64String(hash)} ssh-ed25519 AAAA\n";
        var pinned = Assert.Single(KnownHosts.Find(text, "example.com", 2222));
        Assert.Equal($"@cert-authority ssh-ed25519 SHA256:{Convert.ToBase64String(SHA256.HashData(new byte[3])).TrimEnd('=')}", pinned.ToString());
        Assert.Empty(KnownHosts.Find(text, "example.com", 22));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n\n")]
    [InlineData("example.com")]
    [InlineData("SHA256:uNiVztksCsDhcc0u9e8BrWqFy0c5nYUm")]
    public void A_text_that_pins_nothing_is_told(string text) => Assert.Contains("holds no line", KnownHosts.Problem(text), StringComparison.Ordinal);

    [Fact]
    public void A_pattern_of_many_stars_takes_no_time_to_speak_of() =>
        Assert.Empty(KnownHosts.Find(string.Concat(Enumerable.Repeat("a*", 2000)) + "b ssh-ed25519 AAAA", new string('a', 250), 22));

    private static string Pem(string label, string body) => $"{Dashes}BEGIN {label}{Dashes}\n{body}\n{Dashes}END {label}{Dashes}\n";

    private static byte[] Field(string text) => Field(Encoding.ASCII.GetBytes(text));

    private static byte[] Field(byte[] bytes)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        return [.. length, .. bytes];
    }
}

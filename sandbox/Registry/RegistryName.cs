using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>
/// The grammar of the distribution specification. What passes is safe as a path: no component starts with a dot or is empty.
/// </summary>
internal static class RegistryName
{
    private const int MaxRepositoryLength = 255;
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    private static readonly Regex Repository = new(
        @"\A[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z", Options);

    private static readonly Regex Tag = new(@"\A[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}\z", Options);
    private static readonly Regex Digest = new(@"\A(sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})\z", Options);

    internal static bool IsRepository(string name) => name.Length <= MaxRepositoryLength && Repository.IsMatch(name);

    internal static bool IsTag(string reference) => Tag.IsMatch(reference);

    internal static bool IsDigest(string reference) => Digest.IsMatch(reference);

    /// <summary>The digest of the content in the algorithm of another digest.</summary>
    internal static async Task<string> DigestLikeAsync(string digest, Stream content, CancellationToken cancellation)
    {
        var hash = digest.StartsWith("sha512:", StringComparison.Ordinal)
            ? await SHA512.HashDataAsync(content, cancellation)
            : await SHA256.HashDataAsync(content, cancellation);
        return $"{digest[..digest.IndexOf(':')]}:{Convert.ToHexStringLower(hash)}";
    }

    internal static string Sha256(ReadOnlySpan<byte> content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";
}

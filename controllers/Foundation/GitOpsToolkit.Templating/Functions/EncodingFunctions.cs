using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's encodings and digests.</summary>
internal static class EncodingFunctions
{
    internal static IEnumerable<Function> All { get; } =
    [
        new("b64enc", 1, 1, call => Convert.ToBase64String(Encoding.UTF8.GetBytes(call.Text(0)))),
        new("b64dec", 1, 1, call => Decode(call.Text(0))),
        new("sha256sum", 1, 1, call => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(call.Text(0))))),
        new("sha512sum", 1, 1, call => Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(call.Text(0))))),
        new("sha1sum", 1, 1, call => Sha1(call.Text(0))),
    ];

    [SuppressMessage(
        "Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The template asks for this digest by name; it guards nothing.")]
    private static string Sha1(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Decode(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }
}

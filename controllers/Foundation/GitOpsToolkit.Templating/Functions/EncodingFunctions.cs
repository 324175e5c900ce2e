using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's encodings and digests.</summary>
internal static class EncodingFunctions
{
    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Texts("b64enc", text => Convert.ToBase64String(GoText.ToBytes(text))),
        Texts("b64dec", Base64Text.Decode),
        Texts("b32enc", Base32Text.Encode),
        Texts("b32dec", Base32Text.Decode),
        Texts("sha1sum", Sha1),
        Texts("sha256sum", text => Convert.ToHexStringLower(SHA256.HashData(GoText.ToBytes(text)))),
        Texts("sha512sum", text => Convert.ToHexStringLower(SHA512.HashData(GoText.ToBytes(text)))),
        Texts("adler32sum", Adler32),
        Of("decryptAES", [Text, Text], a => GoValue.OfBytes(Decrypt(a[0].Bytes, a[1].Bytes))),
    ];

    [SuppressMessage(
        "Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The template asks for this digest by name; it guards nothing.")]
    private static string Sha1(string text) => Convert.ToHexStringLower(SHA1.HashData(GoText.ToBytes(text)));

    private static string Adler32(string text)
    {
        const uint Prime = 65521;
        uint low = 1, high = 0;
        foreach (var c in text)
        {
            low = (low + c) % Prime;
            high = (high + low) % Prime;
        }

        return ((high << 16) | low).ToString(CultureInfo.InvariantCulture);
    }

    [SuppressMessage("Security", "CA5358:Review cipher mode usage with cryptography experts", Justification = "The function's definition.")]
    private static string Decrypt(string password, string text)
    {
        const int Block = 16;
        if (text.Length == 0)
        {
            return "";
        }

        if (Base64Text.TryDecode(text, out var decoded) is { } problem)
        {
            throw new GoException(problem);
        }

        var bytes = GoText.ToBytes(decoded);
        if (bytes.Length < Block * 2 || bytes.Length % Block != 0)
        {
            throw new GoException("crypto/cipher: input not full blocks");
        }

        var key = new byte[32];
        GoText.ToBytes(password).AsSpan(0, Math.Min(password.Length, key.Length)).CopyTo(key);
        using var aes = Aes.Create();
        aes.Key = key;
        var plain = aes.DecryptCbc(bytes.AsSpan(Block), bytes.AsSpan(0, Block), PaddingMode.None);
        return plain[^1] <= plain.Length
            ? GoText.FromBytes(plain.AsSpan(0, plain.Length - plain[^1]))
            : throw new GoException("runtime error: slice bounds out of range");
    }
}

/// <summary>Go's base64.StdEncoding.</summary>
internal static class Base64Text
{
    internal static string Decode(string text) => TryDecode(text, out var decoded) ?? decoded;

    /// <summary>Decodes; else says at which byte it is wrong, which counts line ends in as Go does.</summary>
    internal static string? TryDecode(string text, out string decoded)
    {
        decoded = "";
        var digits = new StringBuilder();
        var at = 0;
        for (; at < text.Length && text[at] != '='; at++)
        {
            if (text[at] is '\r' or '\n')
            {
                continue;
            }

            if (!char.IsAsciiLetterOrDigit(text[at]) && text[at] is not ('+' or '/'))
            {
                return Wrong(at);
            }

            digits.Append(text[at]);
        }

        var missing = (4 - (digits.Length % 4)) % 4;
        if (at == text.Length)
        {
            if (missing > 0)
            {
                return Wrong(text.Length - (digits.Length % 4));
            }
        }
        else if (Padding(text, at, missing) is { } wrong)
        {
            return wrong;
        }

        decoded = GoText.FromBytes(Convert.FromBase64String(digits.Append('=', missing).ToString()));
        return null;
    }

    private static string? Padding(string text, int at, int missing)
    {
        if (missing is 0 or 3)
        {
            return Wrong(at);
        }

        for (var seen = 0; at < text.Length; at++)
        {
            if (text[at] is '\r' or '\n')
            {
                continue;
            }

            if (text[at] != '=' || ++seen > missing)
            {
                return Wrong(at);
            }

            if (seen == missing && text.AsSpan(at + 1).Trim("\r\n").Length == 0)
            {
                return null;
            }
        }

        return Wrong(text.Length);
    }

    private static string Wrong(int at) => $"illegal base64 data at input byte {at}";
}

/// <summary>Go's base32.StdEncoding.</summary>
internal static class Base32Text
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    internal static string Encode(string text)
    {
        var encoded = new StringBuilder();
        for (var at = 0; at < text.Length; at += 5)
        {
            ulong bits = 0;
            var count = Math.Min(5, text.Length - at);
            for (var i = 0; i < 5; i++)
            {
                bits = (bits << 8) | (i < count ? text[at + i] : 0u);
            }

            var digits = ((count * 8) + 4) / 5;
            for (var i = 0; i < 8; i++)
            {
                encoded.Append(i < digits ? Alphabet[(int)(bits >> (35 - (5 * i))) & 31] : '=');
            }
        }

        return encoded.ToString();
    }

    internal static string Decode(string text)
    {
        var input = text.Replace("\r", "").Replace("\n", "");
        var digits = input.TrimEnd('=');
        for (var at = 0; at < digits.Length; at++)
        {
            if (!Alphabet.Contains(digits[at], StringComparison.Ordinal))
            {
                return Wrong(at);
            }
        }

        if (input.Length % 8 != 0)
        {
            return Wrong(input.Length == digits.Length ? digits.Length / 8 * 8 : input.Length);
        }

        if (digits.Length % 8 is 1 or 3 or 6 || input.Length - digits.Length > 6)
        {
            return Wrong(digits.Length);
        }

        var decoded = new StringBuilder();
        ulong bits = 0;
        var held = 0;
        foreach (var digit in digits)
        {
            bits = (bits << 5) | (uint)Alphabet.IndexOf(digit, StringComparison.Ordinal);
            held += 5;
            if (held >= 8)
            {
                held -= 8;
                decoded.Append((char)((bits >> held) & 0xFF));
            }
        }

        return decoded.ToString();
    }

    private static string Wrong(int at) => $"illegal base32 data at input byte {at}";
}

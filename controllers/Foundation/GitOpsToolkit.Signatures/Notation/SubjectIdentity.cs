using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GitOpsToolkit.Signatures.Notation;

/// <summary>A distinguished name, all of whose attributes a certificate's subject must have; it may have more.</summary>
/// <param name="Attributes">The attributes by their short names.</param>
internal sealed record SubjectIdentity(IReadOnlyList<KeyValuePair<string, string>> Attributes)
{
    private static readonly string[] Required = ["C", "ST", "O"];

    /// <summary>Short names by object identifier (RFC 4519).</summary>
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["2.5.4.6"] = "C",
        ["2.5.4.8"] = "ST",
        ["2.5.4.7"] = "L",
        ["2.5.4.10"] = "O",
        ["2.5.4.11"] = "OU",
        ["2.5.4.3"] = "CN",
        ["2.5.4.9"] = "STREET",
        ["2.5.4.5"] = "SERIALNUMBER",
        ["2.5.4.17"] = "POSTALCODE",
    };

    /// <exception cref="SignatureException">It is none.</exception>
    internal static SubjectIdentity Parse(string text, string what)
    {
        var attributes = Split(text).Select(part =>
        {
            var equals = part.IndexOf('=');
            var name = equals > 0 ? part[..equals].Trim().ToUpperInvariant() : "";
            name = name == "S" ? "ST" : name;
            return Names.ContainsValue(name)
                ? KeyValuePair.Create(name, part[(equals + 1)..].Trim())
                : throw SignatureException.Invalid($"{what}: '{part.Trim()}' of an identity is no attribute such as CN=…; there are {string.Join(", ", Names.Values)}");
        }).ToArray();
        return Required.FirstOrDefault(name => !attributes.Any(attribute => attribute.Key == name)) is { } missing
            ? throw SignatureException.Invalid($"{what}: the identity '{text.Trim()}' has no {missing}; C, ST and O are required")
            : new SubjectIdentity(attributes);
    }

    /// <summary>Whether a subject has all of the attributes.</summary>
    internal bool Matches(X500DistinguishedName subject)
    {
        var present = subject.EnumerateRelativeDistinguishedNames(reversed: false)
            .Where(part => !part.HasMultipleElements)
            .Select(part => (Name: Names.GetValueOrDefault(part.GetSingleElementType().Value ?? "", ""), Value: part.GetSingleElementValue()))
            .ToHashSet();
        return Attributes.All(wanted => present.Contains((wanted.Key, wanted.Value)));
    }

    /// <summary>The parts between commas; a backslash takes the meaning from the sign behind it.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var part = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                part.Append(text[++i]);
            }
            else if (text[i] == ',')
            {
                yield return part.ToString();
                part.Clear();
            }
            else
            {
                part.Append(text[i]);
            }
        }

        yield return part.ToString();
    }
}

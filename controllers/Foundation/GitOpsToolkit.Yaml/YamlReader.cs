using YamlDotNet.Core;

namespace GitOpsToolkit.Yaml;

/// <summary>
/// Reads YAML as Kubernetes tools do (kyaml on go-yaml v3): every document as JSON, merge keys and aliases expanded, duplicate keys
/// refused,
/// numbers with the digits that were written. Every fault names file, line and column.
/// </summary>
public static class YamlReader
{
    /// <summary>Reads all documents of a stream; those without any content are left out.</summary>
    /// <param name="text">The text; a byte order mark at its start is skipped.</param>
    /// <param name="file">How errors name the text.</param>
    /// <param name="options">Caps; the defaults if null.</param>
    /// <exception cref="YamlReadException">The text is no YAML, is beyond a cap, or holds what JSON cannot (infinities).</exception>
    public static IReadOnlyList<YamlDocument> ReadAll(string text, string file = "", YamlReaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var caps = options ?? YamlReaderOptions.Default;
        if (text.Length > caps.MaxLength)
        {
            throw new YamlReadException(file, new YamlPosition(1, 1),
                $"text of {text.Length} characters is over the cap of {caps.MaxLength}");
        }

        return BlockReader.TryRead(text, file, caps) ?? ReadAny(text, file, caps);
    }

    /// <summary>Reads a text with whatever YAML has.</summary>
    internal static List<YamlDocument> ReadAny(string text, string file, YamlReaderOptions caps)
    {
        var body = text.StartsWith('\uFEFF') ? text[1..] : text;
        using var input = new StringReader(body);
        var scanner = new Scanner(input);
        try
        {
            return new DocumentBuilder(new Parser(scanner), file, caps).Build();
        }
        catch (YamlException error)
        {
            throw new YamlReadException(file, DocumentBuilder.Position(error.Start), error.Message, error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The scanner has no message of its own for some broken flow collections.
            throw new YamlReadException(file, DocumentBuilder.Position(scanner.CurrentPosition),
                "malformed YAML, perhaps an unclosed [ or {", error);
        }
    }

    /// <summary>Reads a text that must hold exactly one document (an empty text is one empty document).</summary>
    /// <exception cref="YamlReadException">As for <see cref="ReadAll"/>, or the text has a second document.</exception>
    public static YamlDocument ReadOne(string text, string file = "", YamlReaderOptions? options = null)
    {
        var documents = ReadAll(text, file, options);
        return documents.Count switch
        {
            0 => new YamlDocument(file, null, new YamlPosition(1, 1), []),
            1 => documents[0],
            _ => throw new YamlReadException(file, documents[1].Start, "expected a single document, found a second one"),
        };
    }
}

using System.Text;
using GitOpsToolkit.Kustomize.Loader;

namespace GitOpsToolkit.Kustomize.Generators;

/// <summary>Gathers the pairs of a generator: env files first, then literals, then files, as kustomize does.</summary>
internal sealed class KeyValueSources(LocalFiles files, DataArguments arguments)
{
    /// <summary>Longer lines end an env file, as they do for kustomize's reader.</summary>
    private const int LongestLine = 64 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly SortedDictionary<string, byte[]> _pairs = new(StringComparer.Ordinal);

    /// <exception cref="BuildException">A source cannot be read, or a key repeats.</exception>
    internal IReadOnlyDictionary<string, byte[]> Read()
    {
        foreach (var file in arguments.Envs)
        {
            ReadEnvFile(file);
        }

        foreach (var literal in arguments.Literals)
        {
            var at = literal.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw arguments.Fault("a literal has the form key=value");
            }

            Add(literal[..at], Encoding.UTF8.GetBytes(WithoutQuotes(literal[(at + 1)..])));
        }

        foreach (var source in arguments.Files)
        {
            var (key, path) = FileSource(source);
            Add(key, files.Bytes(path, arguments.Fault));
        }

        return _pairs;
    }

    private void Add(string key, byte[] value)
    {
        if (!_pairs.TryAdd(key, value))
        {
            throw arguments.Fault($"the key '{key}' is given twice");
        }
    }

    private void ReadEnvFile(string file)
    {
        var rest = files.Bytes(file, arguments.Fault).AsSpan();
        rest = rest.StartsWith("\uFEFF"u8) ? rest[3..] : rest;
        for (var line = 1; rest.Length > 0; line++)
        {
            var end = rest.IndexOf((byte)'\n');
            var current = end < 0 ? rest : rest[..end];
            if (current.Length >= LongestLine)
            {
                return;
            }

            rest = end < 0 ? [] : rest[(end + 1)..];
            ReadEnvLine(current, file, line);
        }
    }

    private void ReadEnvLine(ReadOnlySpan<byte> bytes, string file, int line)
    {
        string text;
        try
        {
            text = Utf8.GetString(bytes.EndsWith("\r"u8) ? bytes[..^1] : bytes).TrimStart();
        }
        catch (DecoderFallbackException)
        {
            throw arguments.Fault($"line {line} of '{file}' is no UTF-8 text");
        }

        if (text.Length == 0 || text[0] == '#')
        {
            return;
        }

        var at = text.IndexOf('=', StringComparison.Ordinal);
        var (key, value) = at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
        if (key.Length > 0)
        {
            Add(key, Encoding.UTF8.GetBytes(value));
        }
    }

    private (string Key, string Path) FileSource(string source)
    {
        var parts = source.Split('=');
        return parts switch
        {
            [var path] => (path.TrimEnd('/')[(path.TrimEnd('/').LastIndexOf('/') + 1)..], path),
            ["", _] => throw arguments.Fault($"the key is missing in '{source}'"),
            [_, ""] => throw arguments.Fault($"the path is missing in '{source}'"),
            [var key, var path] => (key, path),
            _ => throw arguments.Fault($"'{source}' holds more than one '='"),
        };
    }

    private static string WithoutQuotes(string text) =>
        text.Length >= 2 && text[0] == text[^1] && text[0] is '"' or '\'' ? text[1..^1] : text;
}

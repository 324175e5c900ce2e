using System.Text;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>The files of one build: counts what is read against the limits, and reads each file once.</summary>
internal sealed class BoundedFiles(IFileSource source, BuildLimits limits, CancellationToken cancellation)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly Dictionary<string, byte[]> _contents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private long _bytes;
    private int _visits;

    internal BuildLimits Limits => limits;

    internal bool FileExists(string path) => source.FileExists(path);

    internal bool DirectoryExists(string path) => source.DirectoryExists(path);

    internal IReadOnlyList<FileEntry> List(string path)
    {
        Visit(path);
        return source.List(path);
    }

    /// <summary>Reads all YAML documents of a file that hold anything.</summary>
    /// <exception cref="BuildException">The file cannot be read, is beyond a limit or no YAML.</exception>
    internal IReadOnlyList<YamlDocument> Documents(string path, YamlReaderOptions? options = null)
    {
        Visit(path);
        return Parse(Text(path), path, options: options);
    }

    /// <summary>Reads a file as it is.</summary>
    /// <exception cref="BuildException">The file cannot be read or is beyond a limit.</exception>
    internal byte[] Bytes(string path)
    {
        Visit(path);
        return Content(path);
    }

    /// <exception cref="BuildException">The text is no YAML; lines count from <paramref name="firstLine"/>.</exception>
    internal static IReadOnlyList<YamlDocument> Parse(string text, string file, int firstLine = 1, YamlReaderOptions? options = null)
    {
        try
        {
            return YamlReader.ReadAll(text, file, options);
        }
        catch (YamlReadException e)
        {
            throw BuildException.At($"invalid YAML: {e.Problem}", file, e.Position.Line + firstLine - 1, inner: e);
        }
    }

    private string Text(string path)
    {
        if (_texts.TryGetValue(path, out var known))
        {
            return known;
        }

        var bytes = Content(path);
        try
        {
            return _texts[path] = Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw BuildException.At("the file is no UTF-8 text", path, inner: e);
        }
    }

    private byte[] Content(string path)
    {
        if (_contents.TryGetValue(path, out var known))
        {
            return known;
        }

        var bytes = source.Read(path, limits.MaxFileBytes);
        _bytes += bytes.Length;
        return _bytes <= limits.MaxTotalBytes
            ? _contents[path] = bytes
            : throw BuildException.Limit($"the files of this build have more than {limits.MaxTotalBytes} bytes together", path);
    }

    private void Visit(string path)
    {
        cancellation.ThrowIfCancellationRequested();
        if (++_visits > limits.MaxFiles)
        {
            throw BuildException.Limit($"the build looks at more than {limits.MaxFiles} files and directories", path);
        }
    }
}

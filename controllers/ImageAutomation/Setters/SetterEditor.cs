using System.Text;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Controllers.ImageAutomation.Setters;

/// <summary>Sets the marked scalars of a file to the values of policies, and touches no other byte.</summary>
public static class SetterEditor
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly byte[] Token = Encoding.UTF8.GetBytes(MarkerComment.Token);

    /// <summary>Whether a file of this name is looked at.</summary>
    public static bool IsCandidateName(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal)
            || name == "Kustomization";
    }

    /// <summary>Whether content can hold a marker at all.</summary>
    public static bool MayHaveMarkers(ReadOnlySpan<byte> content) => content.IndexOf(Token) >= 0;

    /// <summary>Finds the markers of a file and edits what differs.</summary>
    /// <param name="file">The file's path, for findings.</param>
    /// <param name="content">Its bytes, UTF-8 with or without a byte order mark.</param>
    /// <param name="values">The values by setter.</param>
    public static FileResult Edit(string file, byte[] content, SetterValues values)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(values);
        var markers = Find(file, content, out var text);
        return new FileEdit(file, text, values).Run(markers);
    }

    /// <summary>Finds the markers in the comments of a file.</summary>
    /// <param name="file">The file's path, for findings.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="text">The same as text, a byte order mark included; empty where it is none.</param>
    internal static FoundMarkers Find(string file, byte[] content, out string text)
    {
        text = "";
        try
        {
            text = Utf8.GetString(content);
            RefuseDirectives(file, text);
            return new YamlMarkers(file, text, YamlScalars.Read(text, file)).Find();
        }
        catch (YamlReadException error)
        {
            return Problem(file, error.Position.Line, $"the file has a marker but is no YAML: {error.Problem}");
        }
        catch (DecoderFallbackException)
        {
            return Problem(file, 1, "the file has a marker but is not UTF-8");
        }
    }

    /// <summary>kyaml cuts files at <c>---</c> before it parses, so a directive stands alone and the file is no YAML to it.</summary>
    private static void RefuseDirectives(string file, string text)
    {
        if (text.TrimStart('\uFEFF').StartsWith('%'))
        {
            throw new YamlReadException(file, new YamlPosition(1, 1), "YAML directives are not supported");
        }
    }

    private static FoundMarkers Problem(string file, int line, string problem) =>
        new() { Problem = new UnresolvedMarker(file, line, "", problem) { Reason = UnresolvedReason.Unparsable } };
}

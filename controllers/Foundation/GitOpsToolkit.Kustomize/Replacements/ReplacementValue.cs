using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Replacements;

/// <summary>The value that a replacement carries.</summary>
internal sealed class ReplacementValue
{
    private readonly JsonNode _node;
    private readonly string _text;

    private ReplacementValue(JsonNode node, string text)
    {
        _node = node;
        _text = text;
    }

    internal CreatedKind Kind => _node switch
    {
        JsonObject => CreatedKind.Map,
        JsonArray => CreatedKind.List,
        _ => CreatedKind.Scalar,
    };

    internal static ReplacementValue Of(string text) => new(YamlText.Resolve(text) ?? JsonValue.Create(text), text);

    /// <exception cref="BuildException">A part is asked for that the value does not have.</exception>
    internal static ReplacementValue Of(JsonNode source, ReplacementOptions options, Func<string, BuildException> fault)
    {
        if (options.Delimiter.Length == 0)
        {
            return new ReplacementValue(source.DeepClone(), JsonNodes.ScalarText(source) ?? "");
        }

        if (source is not JsonValue)
        {
            throw fault("the source is no scalar, which a delimiter could cut");
        }

        var parts = JsonNodes.ScalarText(source)!.Split(options.Delimiter);
        return options.Index >= 0 && options.Index < parts.Length
            ? new ReplacementValue(JsonValue.Create(parts[options.Index]), parts[options.Index])
            : throw fault($"the source has {parts.Length} parts, none with the index {options.Index}");
    }

    /// <summary>A scalar keeps its type and takes the text; everything else is replaced as a whole.</summary>
    /// <exception cref="PathException">The text does not fit the type, or a delimiter meets no scalar.</exception>
    internal void PutInto(Slot slot, ReplacementOptions options)
    {
        var existing = slot.Value;
        var text = _text;
        if (options.Delimiter.Length > 0)
        {
            text = existing is null or JsonValue
                ? Insert(JsonNodes.ScalarText(existing) ?? "", options)
                : throw new PathException("the field is no scalar, which a delimiter could cut");
        }

        if (existing is JsonObject or JsonArray)
        {
            slot.Set(_node is JsonValue ? JsonValue.Create(text) : _node.DeepClone());
            return;
        }

        try
        {
            slot.Set(slot.IsNew ? YamlText.Resolve(text) : YamlText.ResolveAs(existing, text));
        }
        catch (FormatException e)
        {
            throw new PathException($"the value does not fit the type of the field: {e.Message}");
        }
    }

    private string Insert(string existing, ReplacementOptions options)
    {
        List<string> parts = [.. existing.Split(options.Delimiter)];
        if (options.Index < 0)
        {
            parts.Insert(0, _text);
        }
        else if (options.Index >= parts.Count)
        {
            parts.Add(_text);
        }
        else
        {
            parts[options.Index] = _text;
        }

        return string.Join(options.Delimiter, parts);
    }
}

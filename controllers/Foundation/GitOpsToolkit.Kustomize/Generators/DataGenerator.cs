using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Generators;

/// <summary>Makes a ConfigMap or a Secret.</summary>
internal sealed class DataGenerator : IGenerator
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly DataArguments _arguments;
    private readonly IReadOnlyDictionary<string, byte[]> _pairs;

    /// <summary>Reads the sources.</summary>
    /// <exception cref="BuildException">A source cannot be read, or the name is missing.</exception>
    internal DataGenerator(LocalFiles files, DataArguments arguments)
    {
        _arguments = arguments;
        _pairs = new KeyValueSources(files, arguments).Read();
        if (arguments.Name.Length == 0)
        {
            throw arguments.Fault("'name' is missing");
        }
    }

    public IEnumerable<Resource> Generate()
    {
        var metadata = new JsonObject { ["name"] = _arguments.Name };
        if (_arguments.Namespace.Length > 0)
        {
            metadata["namespace"] = _arguments.Namespace;
        }

        Put(metadata, "labels", _arguments.Options.Labels);
        Put(metadata, "annotations", _arguments.Options.Annotations);
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = _arguments.IsSecret ? "Secret" : "ConfigMap",
            ["metadata"] = metadata,
        };
        AddData(body);
        if (_arguments.Options.Immutable)
        {
            body["immutable"] = true;
        }

        yield return new Resource(body, _arguments.Origin)
        {
            Generation = new GenerationNote(!_arguments.Options.DisableNameSuffixHash, _arguments.Behavior),
        };
    }

    private void AddData(JsonObject body)
    {
        if (_arguments.IsSecret)
        {
            body["type"] = _arguments.Type.Length > 0 ? _arguments.Type : "Opaque";
            body["data"] = new JsonObject();
        }

        foreach (var (key, value) in _pairs)
        {
            if (!_arguments.IsSecret && TryText(value) is { } text)
            {
                body.GetOrAddObject("data")[key] = text;
            }
            else
            {
                body.GetOrAddObject(_arguments.IsSecret ? "data" : "binaryData")[key] = Base64Lines(value);
            }
        }
    }

    private static string? TryText(byte[] value)
    {
        try
        {
            return Utf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Base64 in lines of 70 characters, as kustomize writes it; a single line has no line end.</summary>
    private static string Base64Lines(byte[] value)
    {
        const int width = 70;
        var text = Convert.ToBase64String(value);
        if (text.Length <= width)
        {
            return text;
        }

        var lines = new StringBuilder(text.Length + (text.Length / width) + 1);
        for (var at = 0; at < text.Length; at += width)
        {
            lines.Append(text.AsSpan(at, Math.Min(width, text.Length - at))).Append('\n');
        }

        return lines.ToString();
    }

    private static void Put(JsonObject metadata, string field, IReadOnlyDictionary<string, string> pairs)
    {
        foreach (var (key, value) in pairs)
        {
            metadata.GetOrAddObject(field)[key] = value;
        }
    }
}

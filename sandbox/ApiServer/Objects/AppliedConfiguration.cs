using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.Machinery;
using GitOpsToolkit.Yaml;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>The body of an apply: YAML, of which JSON is a part.</summary>
/// <param name="Tree">What it says; of a repeated key the last value.</param>
/// <param name="Repeated">Its repeated keys, as the server words them.</param>
internal sealed record AppliedConfiguration(JsonObject Tree, IReadOnlyList<string> Repeated)
{
    private static readonly YamlReaderOptions Lenient = new() { LastKeyWins = true };

    /// <exception cref="ApiError">400: the body is no mapping.</exception>
    public static AppliedConfiguration Read(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        var root = FromJson(body) ?? FromYaml(text);
        return root switch
        {
            null => new([], []),
            JsonObject tree => new(tree, RepeatedKeys(text)),
            _ => throw Undecodable($"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {Shape(root)} "
                + "into Go value of type map[string]interface {}"),
        };
    }

    /// <summary>Warns of repeated keys or refuses them, as the request asks. The server does it after the merge.</summary>
    public void Enforce(WriteContext context)
    {
        if (Repeated.Count == 0 || context.Validation == FieldValidation.Ignore)
        {
            return;
        }

        if (context.Validation == FieldValidation.Strict)
        {
            throw ApiError.BadRequest("error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n"
                + string.Join('\n', Repeated.Select(line => "  " + line)));
        }

        foreach (var line in Repeated)
        {
            context.Warn(line);
        }
    }

    private static JsonNode? FromJson(byte[] body)
    {
        if (body.AsSpan().TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            return null;
        }

        try
        {
            return StrictJson.Parse(body);
        }
        catch (JsonException)
        {
            // It may still be YAML; if not, the YAML reader has the better words.
            return null;
        }
    }

    private static JsonNode? FromYaml(string text)
    {
        try
        {
            return YamlReader.ReadAll(text, options: Lenient) is [var first, ..] ? first.Root : null;
        }
        catch (YamlReadException e)
        {
            throw Undecodable($"error converting YAML to JSON: yaml: line {e.Position.Line}: {e.Problem}");
        }
    }

    private static ApiError Undecodable(string why) => ApiError.BadRequest($"error decoding YAML: {why}");

    private static string Shape(JsonNode root) => root.GetValueKind() switch
    {
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        _ => "bool",
    };

    private static List<string> RepeatedKeys(string text)
    {
        var found = new List<string>();
        var open = new Stack<Collection>();
        var parser = new Parser(new StringReader(text));
        while (parser.MoveNext())
        {
            if (parser.Current is MappingEnd or SequenceEnd)
            {
                open.Pop();
            }
            else if (parser.Current is Scalar or AnchorAlias or MappingStart or SequenceStart)
            {
                var isKey = open.TryPeek(out var parent) && parent.TakesKey();
                if (isKey && parser.Current is Scalar key && !parent!.Keys.Add(key.Value))
                {
                    found.Add($"line {key.Start.Line}: key \"{key.Value}\" already set in map");
                }

                if (parser.Current is MappingStart or SequenceStart)
                {
                    open.Push(new(parser.Current is MappingStart));
                }
            }
        }

        return found;
    }

    /// <summary>A mapping or sequence that has begun; in a mapping every other node is a key.</summary>
    private sealed class Collection(bool isMapping)
    {
        private bool isValueNext;

        public HashSet<string> Keys { get; } = new(StringComparer.Ordinal);

        public bool TakesKey()
        {
            isValueNext = isMapping && !isValueNext;
            return isValueNext;
        }
    }
}

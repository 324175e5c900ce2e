using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Cases;

/// <summary>
/// What <c>${name}</c> stands for in a case: <c>ns</c> and <c>id</c> (of the run), what steps captured, and
/// <c>${repeat:TEXT:TIMES}</c> for long texts.
/// </summary>
internal sealed partial class Variables
{
    private readonly Dictionary<string, string> values = [];

    public string this[string name]
    {
        set => values[name] = value;
    }

    /// <exception cref="InvalidDataException">Nothing has the name.</exception>
    public string In(string text, Func<string, string>? escape = null) => Reference().Replace(text, match =>
    {
        var name = match.Groups[1].Value;
        var value = name.Split(':') is ["repeat", var part, var times]
            ? string.Concat(Enumerable.Repeat(part, int.Parse(times)))
            : values.TryGetValue(name, out var known) ? known : throw new InvalidDataException($"nothing was captured as \"{name}\"");
        return escape is null ? value : escape(value);
    });

    public JsonNode? In(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(p => KeyValuePair.Create(In(p.Key), In(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(In)]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(In(text)),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex(@"\$\{([A-Za-z][^}]*)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Reference();
}

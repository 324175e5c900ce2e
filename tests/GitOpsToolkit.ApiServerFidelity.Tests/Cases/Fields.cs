using System.Text.Json.Nodes;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Cases;

/// <summary>The fields of a YAML mapping. A field that nobody asked for is a typing mistake.</summary>
internal sealed class Fields(JsonObject tree, string where)
{
    private readonly HashSet<string> asked = [];

    public JsonNode? Node(string name)
    {
        asked.Add(name);
        return tree[name];
    }

    public string? Text(string name) => Node(name)?.ToString();

    public bool Flag(string name) => Text(name) is "true";

    public Version? Version(string name) => Text(name) is { } text ? System.Version.Parse(text) : null;

    public JsonArray List(string name) => Node(name)?.AsArray() ?? [];

    /// <summary>A list, or one value for a list of one.</summary>
    public IReadOnlyList<string> Texts(string name) => Node(name) switch
    {
        null => [],
        JsonArray list => [.. list.Select(n => n!.ToString())],
        var one => [one.ToString()],
    };

    public JsonObject Map(string name) => Node(name)?.AsObject() ?? [];

    /// <exception cref="InvalidDataException">There are fields that nobody asked for.</exception>
    public void Done(params string[] also)
    {
        if (tree.Select(p => p.Key).Except(asked).Except(also).FirstOrDefault() is { } unknown)
        {
            throw Wrong($"there is no field \"{unknown}\"");
        }
    }

    public InvalidDataException Wrong(string what) => new($"{where}: {what}");
}

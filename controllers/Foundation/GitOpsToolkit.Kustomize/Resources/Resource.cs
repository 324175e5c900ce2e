using System.Text.Json.Nodes;

namespace GitOpsToolkit.Kustomize.Resources;

/// <summary>Where an object was written.</summary>
/// <param name="File">The file, relative to the root of the source.</param>
/// <param name="Line">The line its document starts at, from 1.</param>
public readonly record struct Origin(string File, int Line)
{
    /// <summary>Formats as <c>file:line</c>.</summary>
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>A Kubernetes object on its way through a build.</summary>
public sealed class Resource
{
    private readonly List<ResourceId> _previousIds = [];
    private readonly List<string> _prefixes = [];
    private readonly List<string> _suffixes = [];

    internal Resource(JsonObject body, Origin origin)
    {
        Body = body;
        Origin = origin;
    }

    /// <summary>The object itself. Owned by this resource.</summary>
    public JsonObject Body { get; internal set; }

    /// <summary>Where it was written.</summary>
    public Origin Origin { get; }

    /// <summary>Its id as it stands now.</summary>
    public ResourceId Id
    {
        get
        {
            var (group, version) = ResourceId.SplitApiVersion(Body.Text("apiVersion"));
            return new ResourceId(group, version, Kind, Namespace, Name);
        }
    }

    /// <summary>The kind.</summary>
    public string Kind => Body.Text("kind");

    /// <summary><c>metadata.name</c>, or empty.</summary>
    public string Name => Metadata?.Text("name") ?? "";

    /// <summary><c>metadata.namespace</c>, or empty.</summary>
    public string Namespace => Metadata?.Text("namespace") ?? "";

    /// <summary>The id it was read with, before any transformation.</summary>
    internal ResourceId OriginalId => _previousIds.Count > 0 ? _previousIds[0] : Id;

    /// <summary>Every id it had before the present one, oldest first.</summary>
    internal IReadOnlyList<ResourceId> PreviousIds => _previousIds;

    internal IReadOnlyList<string> Prefixes => _prefixes;

    internal IReadOnlyList<string> Suffixes => _suffixes;

    internal JsonObject? Metadata => Body["metadata"] as JsonObject;

    internal JsonObject? Labels => Metadata?["labels"] as JsonObject;

    internal JsonObject? Annotations => Metadata?["annotations"] as JsonObject;

    /// <summary>
    /// Whether kustomize would have kept notes in the annotations. It rewrites them when it takes the notes out again: empty
    /// annotations vanish and other scalars become strings.
    /// </summary>
    internal bool WasTracked { get; set; }

    internal void StorePreviousId()
    {
        WasTracked = true;
        var id = Id;
        _previousIds.Add(id with { Namespace = id.EffectiveNamespace });
    }

    internal void AddPrefix(string prefix) => _prefixes.Add(prefix);

    internal void AddSuffix(string suffix) => _suffixes.Add(suffix);

    internal void SetMetadata(string field, string value)
    {
        if (value.Length == 0)
        {
            Metadata?.Remove(field);
            return;
        }

        Body.GetOrAddObject("metadata")[field] = value;
    }

    /// <summary>Gives the annotations the form that kustomize leaves them in (see <see cref="WasTracked"/>).</summary>
    internal void SettleAnnotations()
    {
        if (!WasTracked || Metadata is not { } metadata || !metadata.ContainsKey("annotations"))
        {
            return;
        }

        if (Annotations is not { Count: > 0 } annotations)
        {
            metadata.Remove("annotations");
            return;
        }

        foreach (var (key, value) in annotations.ToArray())
        {
            if (value is JsonValue && !JsonNodes.IsString(value))
            {
                annotations[key] = JsonNodes.ScalarText(value);
            }
        }
    }

    internal BuildException Fault(string message, string? field = null) =>
        BuildException.At($"{Id}: {message}", Origin.File, Origin.Line, field);
}

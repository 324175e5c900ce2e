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
    private readonly List<(string Kind, string Namespace, string Name)> _previous = [];
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
    public Origin Origin { get; private set; }

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
    internal ResourceId OriginalId => _previous.Count > 0 ? PreviousId(_previous[0]) : Id;

    /// <summary>Every id it had before the present one, oldest first. Group and version are always the present ones, as in kustomize.</summary>
    internal IEnumerable<ResourceId> PreviousIds => _previous.Select(PreviousId);

    /// <summary>The names of the previous ids, oldest first; may repeat.</summary>
    internal IEnumerable<string> PreviousNames => _previous.Select(previous => previous.Name);

    internal IReadOnlyList<string> Prefixes => _prefixes;

    internal IReadOnlyList<string> Suffixes => _suffixes;

    internal JsonObject? Metadata => Body["metadata"] as JsonObject;

    internal JsonObject? Labels => Metadata?["labels"] as JsonObject;

    internal JsonObject? Annotations => Metadata?["annotations"] as JsonObject;

    /// <summary>The fields that were written without any value: a merge drops them. Null for none.</summary>
    internal IReadOnlySet<(JsonObject Map, string Key)>? BareNulls { get; init; }

    /// <summary>What a generator said about it; <see cref="GenerationNote.None"/> for objects that were read.</summary>
    internal GenerationNote Generation { get; set; } = GenerationNote.None;

    /// <summary>Where it came from and what changed it, in kustomize's terms.</summary>
    internal Provenance Provenance { get; } = new();

    /// <summary>The variables whose value this object gives.</summary>
    internal List<string> VariableNames { get; } = [];

    internal void StorePreviousId()
    {
        var id = Id;
        _previous.Add((id.Kind, id.EffectiveNamespace, id.Name));
    }

    internal void AddPrefix(string prefix)
    {
        if (prefix.Length > 0)
        {
            _prefixes.Add(prefix);
        }
    }

    internal void AddSuffix(string suffix)
    {
        if (suffix.Length > 0)
        {
            _suffixes.Add(suffix);
        }
    }

    internal void SetMetadata(string field, string value)
    {
        if (value.Length == 0)
        {
            Metadata?.Remove(field);
            return;
        }

        Body.GetOrAddObject("metadata")[field] = value;
    }

    /// <summary>Takes over the identity and history of <paramref name="other"/>, whose place this resource takes.</summary>
    internal void TakePlaceOf(Resource other)
    {
        _previous.Clear();
        _previous.AddRange(other._previous);
        _prefixes.Clear();
        _prefixes.AddRange(other._prefixes);
        _suffixes.Clear();
        _suffixes.AddRange(other._suffixes);
        VariableNames.Clear();
        VariableNames.AddRange(other.VariableNames);
        Origin = other.Origin;
        SetMetadata("name", other.Name);
        SetMetadata("namespace", other.Namespace);
    }

    internal Resource Copy()
    {
        var copy = new Resource((JsonObject)Body.DeepClone(), Origin) { Generation = Generation };
        copy._previous.AddRange(_previous);
        copy._prefixes.AddRange(_prefixes);
        copy._suffixes.AddRange(_suffixes);
        copy.VariableNames.AddRange(VariableNames);
        return copy;
    }

    internal BuildException Fault(string message, string? field = null) =>
        BuildException.At($"{Id}: {message}", Origin.File, Origin.Line, field);

    private ResourceId PreviousId((string Kind, string Namespace, string Name) previous)
    {
        var (group, version) = ResourceId.SplitApiVersion(Body.Text("apiVersion"));
        return new ResourceId(group, version, previous.Kind, previous.Namespace, previous.Name);
    }
}

using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Resources;

/// <summary>One resource in one version, built in or custom: all that routing, discovery and the verbs need to know about it.</summary>
internal sealed record ResourceDefinition
{
    public static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Kind { get; init; }

    public required string Plural { get; init; }

    public string Singular { get; init; } = "";

    public string ListKind { get; init; } = "";

    public bool Namespaced { get; init; } = true;

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public IReadOnlyList<string> Verbs { get; init; } = AllVerbs;

    public bool HasStatus { get; init; }

    public bool HasScale { get; init; }

    /// <summary>Further subresources with their own handlers (token, finalize, …).</summary>
    public IReadOnlyList<Subresource> Others { get; init; } = [];

    /// <summary>Whether metadata.generation counts the changes of everything but metadata and status.</summary>
    public bool TracksGeneration { get; init; }

    /// <summary>Whether DELETE answers with the object instead of a Status.</summary>
    public bool ReturnsDeleted { get; init; }

    /// <summary>Whether an update of a missing object creates it.</summary>
    public bool CreateOnUpdate { get; init; }

    /// <summary>Whether an update must name the resourceVersion it is based on.</summary>
    public bool RequiresVersion { get; init; }

    /// <summary>Answered on the fly (reviews): only create exists, nothing is stored.</summary>
    public bool IsVirtual { get; init; }

    /// <summary>Version in which objects are stored; differs from <see cref="Version"/> for the other versions of a custom resource.</summary>
    public string StorageVersion { get; init; } = "";

    /// <summary>Fields besides metadata.name and metadata.namespace that a fieldSelector may name.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    /// <summary>Schema, columns and scale paths of a custom resource's version; null for built-ins.</summary>
    public CustomVersion? Custom { get; init; }

    /// <summary>What the machinery knows of the kind.</summary>
    public KindRules Rules => Custom?.Rules ?? BuiltinKind.Find(Group, Version, Kind)
        ?? throw new InvalidOperationException($"{ApiVersion} {Kind} is in the table of resources but not among the built-in kinds.");

    /// <summary>Where objects are stored: the same for all versions of a resource.</summary>
    public string StorageKey { get; init; } = "";

    /// <summary>The group that refusals name: Events are checked as the core group's, whichever group they come by.</summary>
    private string ValidatedGroup => StorageKey == "/events" ? "" : Group;

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string StorageApiVersion => Group.Length == 0 ? StorageVersion : $"{Group}/{StorageVersion}";

    public string QualifiedResource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The type's name in the server's own words, such as <c>core.ConfigMap</c>.</summary>
    public string GoType => Custom is not null ? "unstructured.Unstructured" : $"{(Group.Length == 0 ? "core" : Group.Split('.')[0])}.{Kind}";

    public ApiError NotFound(string name) => ApiError.NotFound(QualifiedResource, Group, Plural, name);

    public ApiError AlreadyExists(string name) => ApiError.AlreadyExists(QualifiedResource, Group, Plural, name);

    public ApiError Modified(string name) => ApiError.Modified(QualifiedResource, Group, Plural, name);

    public ApiError Conflict(string name, string why) => ApiError.Conflict(QualifiedResource, Group, Plural, name, why);

    public ApiError Forbidden(string name, string why) => ApiError.Forbidden(QualifiedResource, Group, Plural, name, why);

    public ApiError Invalid(string name, IReadOnlyList<FieldError> errors) => ApiError.Invalid(ValidatedGroup, Kind, name, errors);

    public ApiError NotSupported(string verb) => ApiError.MethodNotAllowed(verb, QualifiedResource, Group, Plural);

    public bool Allows(string verb) => Verbs.Contains(verb, StringComparer.Ordinal);
}

/// <summary>A subresource in discovery: its own kind (group and version where they differ) and verbs.</summary>
internal sealed record Subresource(string Name, string Group, string Version, string Kind, params string[] Verbs);

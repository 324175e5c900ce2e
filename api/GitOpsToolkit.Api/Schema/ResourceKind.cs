namespace GitOpsToolkit.Api.Schema;

/// <summary>What the API server knows about a kind: its names and how <c>kubectl get</c> prints it.</summary>
public sealed record ResourceKind
{
    /// <summary>The API group, such as <c>source.toolkit.fluxcd.io</c>.</summary>
    public required string Group { get; init; }

    /// <summary>The served and stored version, such as <c>v1</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The kind, such as <c>GitRepository</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The lower-case plural used in paths, such as <c>gitrepositories</c>.</summary>
    public required string Plural { get; init; }

    /// <summary>The controller that reconciles the kind, such as <c>source-controller</c>.</summary>
    public required string Controller { get; init; }

    /// <summary>Whether objects live in namespaces. Default: true.</summary>
    public bool Namespaced { get; init; } = true;

    /// <summary>The abbreviations that kubectl accepts.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>The groups of kinds, such as <c>all</c>, under which kubectl lists the kind.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The columns of <c>kubectl get</c> after NAME.</summary>
    public IReadOnlyList<PrinterColumn> Columns { get; init; } = [];

    /// <summary>Whether the CRD keeps post-build substitution away from itself. Default: true.</summary>
    public bool SubstituteDisabled { get; init; } = true;

    /// <summary>The lower-case singular, such as <c>gitrepository</c>.</summary>
    public string Singular => Kind.ToLowerInvariant();

    /// <summary>Group and version as objects carry them, such as <c>source.toolkit.fluxcd.io/v1</c>.</summary>
    public string ApiVersion => Group + "/" + Version;
}

/// <summary>One column of <c>kubectl get</c>.</summary>
/// <param name="Name">The heading.</param>
/// <param name="JsonPath">Where the value stands, such as <c>.spec.url</c>.</param>
/// <param name="Type"><c>string</c>, <c>integer</c>, <c>boolean</c>, <c>number</c> or <c>date</c> (printed as an age).</param>
/// <param name="Priority">0 is always shown, higher only with <c>-o wide</c>.</param>
public sealed record PrinterColumn(string Name, string JsonPath, string Type = "string", int Priority = 0)
{
    /// <summary>The age of the object.</summary>
    public static readonly PrinterColumn Age = new("Age", ".metadata.creationTimestamp", "date");

    /// <summary>The status of the Ready condition.</summary>
    public static readonly PrinterColumn Ready = new("Ready", """.status.conditions[?(@.type=="Ready")].status""");

    /// <summary>The message of the Ready condition.</summary>
    public static readonly PrinterColumn Status = new("Status", """.status.conditions[?(@.type=="Ready")].message""");
}

/// <summary>A record which is a kind of the toolkit.</summary>
public interface IToolkitKind
{
    /// <summary>The names of the kind.</summary>
    static abstract ResourceKind ResourceKind { get; }
}

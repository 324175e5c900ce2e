namespace GitOpsToolkit.Kubernetes;

/// <summary>Options of a write.</summary>
public sealed record WriteOptions
{
    /// <summary>Who writes, for managedFields; null lets the server derive it from the User-Agent.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Server-side apply only: take fields that other managers own. Default false.</summary>
    public bool Force { get; init; }

    /// <summary>Have the server do everything but store it. Default false.</summary>
    public bool DryRun { get; init; }

    /// <summary><c>Strict</c>, <c>Warn</c> or <c>Ignore</c> for unknown and duplicate fields; null is the server's default (Warn).</summary>
    public string? FieldValidation { get; init; }
}

/// <summary>How the dependents of a deleted object go.</summary>
public enum Propagation
{
    /// <summary>The server's default for the kind.</summary>
    Default,

    /// <summary>The object goes at once, its dependents after it.</summary>
    Background,

    /// <summary>The object goes after its dependents.</summary>
    Foreground,

    /// <summary>The dependents stay.</summary>
    Orphan,
}

/// <summary>Options of a deletion.</summary>
public sealed record DeleteOptions
{
    /// <summary>How dependents go. Default: the server's default for the kind.</summary>
    public Propagation Propagation { get; init; }

    /// <summary>How many seconds the object has to end gracefully; 0 deletes it at once. Null means the kind's own default.</summary>
    public int? GracePeriodSeconds { get; init; }

    /// <summary>Delete only if the object still has this uid; else 409.</summary>
    public string? Uid { get; init; }

    /// <summary>Delete only if the object still has this resourceVersion; else 409.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Have the server do everything but store it. Default false.</summary>
    public bool DryRun { get; init; }
}

/// <summary>Options of a list.</summary>
public sealed record ListOptions
{
    /// <summary>Only objects with these labels, in the usual grammar; null is all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Only objects with these fields, such as <c>metadata.name=web</c>; null is all.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Objects a page. Default 500.</summary>
    public int Limit { get; init; } = 500;

    /// <summary>Ask for metadata alone (PartialObjectMetadata). Default false.</summary>
    public bool MetadataOnly { get; init; }

    /// <summary>The version to list at least; null asks for the newest state, <c>0</c> for any the server has at hand.</summary>
    public string? ResourceVersion { get; init; }
}

/// <summary>Options of a watch.</summary>
public sealed record WatchOptions
{
    /// <summary>Only objects with these labels; null is all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Only objects with these fields; null is all.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Watch metadata alone (PartialObjectMetadata). Default false.</summary>
    public bool MetadataOnly { get; init; }

    /// <summary>The version after which to report changes; null starts with the present state as ADDED events.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>How long the server keeps the watch open. Default 5 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a silent connection counts as alive beyond <see cref="Timeout"/>: a half-open one is given up after that. Default 30 seconds.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);
}

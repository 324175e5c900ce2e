namespace GitOpsToolkit.Sandbox.ApiServer;

/// <summary>
/// One request to the server. It is recorded when it arrives, before it does anything: whoever sees what it did finds it recorded.
/// </summary>
public sealed record RecordedRequest
{
    /// <summary>Running number, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>When the request arrived.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The path without the query.</summary>
    public required string Path { get; init; }

    /// <summary>The query with its question mark, or empty.</summary>
    public required string Query { get; init; }

    /// <summary>The Kubernetes verb (get, list, watch, create, update, patch, delete, deletecollection), or empty off the resource paths.</summary>
    public required string Verb { get; init; }

    /// <summary>The User-Agent header, or empty.</summary>
    public required string UserAgent { get; init; }

    /// <summary>The Content-Type header, or empty.</summary>
    public required string ContentType { get; init; }

    /// <summary>Who authenticated, or empty.</summary>
    public required string User { get; init; }

    /// <summary>The Impersonate-User header, or null.</summary>
    public string? ImpersonatedUser { get; init; }

    /// <summary>The Impersonate-Group headers.</summary>
    public IReadOnlyList<string> ImpersonatedGroups { get; init; } = [];

    /// <summary>The HTTP status code of the answer; 0 before it begins.</summary>
    public int StatusCode { get; internal set; }

    /// <summary>Whether this request asked for a change (not a dry run).</summary>
    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete" or "deletecollection"
        && !Query.Contains("dryRun=All", StringComparison.Ordinal);
}

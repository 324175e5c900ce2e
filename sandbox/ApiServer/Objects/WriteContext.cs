using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Rights;
using GitOpsToolkit.Sandbox.Machinery;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>How an object is to be written, and by whom.</summary>
internal sealed record WriteContext
{
    public bool DryRun { get; init; }

    public required string Manager { get; init; }

    public FieldValidation Validation { get; init; } = FieldValidation.Ignore;

    /// <summary>Takes warnings for the client.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>Repeated keys that the body had.</summary>
    public IReadOnlyList<string> Duplicates { get; init; } = [];

    /// <summary>The subresource in managed fields, or empty.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Who writes; null for the server's own controllers.</summary>
    public Requester? Requester { get; init; }

    /// <summary>A write by one of the server's own controllers.</summary>
    public static WriteContext Internal(string subresource = "") => new() { Manager = "kube-controller-manager", Subresource = subresource };

    public static WriteContext Of(ApiCall call, WriteOptions options, IReadOnlyList<string>? duplicates = null) => new()
    {
        DryRun = options.DryRun,
        Manager = options.Manager,
        Requester = new(call.User, call.Name, HttpMethods.IsPost(call.Http.Request.Method)),
        Validation = options.Validation,
        Warn = call.Warn,
        Duplicates = duplicates ?? [],
        Subresource = call.Subresource,
    };
}

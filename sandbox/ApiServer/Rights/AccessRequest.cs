using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.Machinery;
using GitOpsToolkit.Sandbox.Machinery.Selectors;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Sandbox.ApiServer.Rights;

/// <summary>What somebody wants to do: a verb on a resource, or a verb on a path that is no resource.</summary>
internal sealed record AccessRequest(UserInfo User, string Verb)
{
    public string Group { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>The path of a request that concerns no resource; null for one that does.</summary>
    public string? Path { get; init; }

    /// <summary>The resource as rules name it: <c>deployments/scale</c>.</summary>
    public string FullResource => Subresource.Length == 0 ? Resource : $"{Resource}/{Subresource}";

    /// <summary>The refusal in the server's words.</summary>
    public string Refusal
    {
        get
        {
            if (Path is not null)
            {
                return Sanitized($"User \"{User.Name}\" cannot {Verb} path \"{Path}\"");
            }

            var scope = Namespace.Length > 0 ? $"in the namespace \"{Namespace}\"" : "at the cluster scope";
            return Sanitized($"User \"{User.Name}\" cannot {Verb} resource \"{FullResource}\" in API group \"{Group}\" {scope}");
        }
    }

    /// <summary>What a request to the server amounts to.</summary>
    public static AccessRequest Of(HttpRequest request, RequestPath? path, string verb, UserInfo user)
    {
        if (path is null)
        {
            return new(user, request.Method.ToLowerInvariant()) { Path = request.Path.Value ?? "/" };
        }

        // A namespace lies in itself, so that a Role in it can grant reading it.
        var isNamespace = path is { Group: "", Plural: "namespaces", Name.Length: > 0 };
        return new(user, verb == "watch" && path.Name.Length > 0 ? "get" : verb)
        {
            Group = path.Group,
            Resource = path.Plural,
            Subresource = path.Subresource,
            Namespace = isNamespace ? path.Name : path.Namespace,
            Name = path.Name.Length > 0 ? path.Name : SelectedName(request, verb),
        };
    }

    /// <summary>A list or watch of exactly one object by its name may be granted by that name.</summary>
    private static string SelectedName(HttpRequest request, string verb)
    {
        var selector = request.Query["fieldSelector"].ToString();
        if (selector.Length == 0 || verb is not ("list" or "watch" or "deletecollection"))
        {
            return "";
        }

        try
        {
            var name = FieldSelector.Parse(selector).Requirements.FirstOrDefault(r => r is { Path: "metadata.name", Equal: true })?.Value ?? "";
            return name is "." or ".." || name.Contains('/', StringComparison.Ordinal) || name.Contains('%', StringComparison.Ordinal) ? "" : name;
        }
        catch (StatusException)
        {
            // Whoever may send the request learns what is wrong with the selector later on.
            return "";
        }
    }

    private static string Sanitized(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}

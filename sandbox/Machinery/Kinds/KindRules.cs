using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Types;

namespace GitOpsToolkit.Sandbox.Machinery;

/// <summary>What the <c>fieldValidation</c> parameter of a request asks for.</summary>
public enum FieldValidation
{
    /// <summary>Unknown and repeated fields are dropped without a word.</summary>
    Ignore,

    /// <summary>They are dropped and named in warnings. The server's default.</summary>
    Warn,

    /// <summary>They fail the request.</summary>
    Strict,
}

/// <summary>
/// What the server knows of one kind in one version: how a body is read, defaulted and validated, and the type for server-side apply
/// and strategic merge. Immutable and safe to share. Objects are changed in place only by the methods that say so.
/// </summary>
public abstract class KindRules
{
    private protected KindRules(string group, string version, string kind, SchemaType type)
    {
        (Group, Version, Kind, Type) = (group, version, kind, type);
    }

    /// <summary>API group, empty for core.</summary>
    public string Group { get; }

    /// <summary>Version such as <c>v1</c>.</summary>
    public string Version { get; }

    /// <summary>Kind such as <c>Deployment</c>.</summary>
    public string Kind { get; }

    /// <summary><c>group/version</c>, or the version alone for the core group.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The type for server-side apply and strategic merge patches.</summary>
    public SchemaType Type { get; }

    /// <summary>Whether the kind comes from a custom resource definition; strategic merge patches are then refused with 415.</summary>
    public abstract bool IsCustom { get; }

    /// <summary>Rewrites a body into the stored shape: unknown fields, disallowed nulls and empty values gone. In place.</summary>
    /// <returns>Paths of the unknown fields that were dropped.</returns>
    /// <exception cref="StatusException">400 for a value of the wrong type, worded as the server's.</exception>
    public abstract IReadOnlyList<string> Decode(JsonObject obj);

    /// <summary>The object that creations are compared with: what is there however little a user sets.</summary>
    internal abstract JsonObject Skeleton { get; }

    /// <summary>Fills in defaults, in place.</summary>
    public abstract void Default(JsonObject obj);

    /// <summary>Brings what an apply merged into the shape that is stored, defaults included. In place.</summary>
    internal virtual void Complete(JsonObject merged)
    {
        _ = Decode(merged);
        Default(merged);
    }

    /// <summary>Checks an object that was decoded and defaulted.</summary>
    /// <param name="obj">The new object, with metadata.name (and uid, resourceVersion) as it will be stored.</param>
    /// <param name="old">The object that it replaces, or null for a creation.</param>
    /// <param name="subresource">Subresource that is written, such as <c>status</c>; empty for the object itself.</param>
    /// <returns>The faults; none if it is valid.</returns>
    public abstract IReadOnlyList<FieldError> Validate(JsonObject obj, JsonObject? old, string subresource = "");

    /// <summary>Throws what <see cref="Validate"/> finds as the server's 422.</summary>
    /// <exception cref="StatusException">422 with the faults as causes.</exception>
    public void ThrowIfInvalid(JsonObject obj, JsonObject? old, string subresource = "")
    {
        var errors = Validate(obj, old, subresource);
        if (errors.Count > 0)
        {
            throw StatusException.Invalid(Group, Kind, Json.Text(obj, "metadata", "name") ?? "", errors);
        }
    }

    /// <summary>Turns dropped and repeated fields into warnings or a refusal, as <paramref name="mode"/> says.</summary>
    /// <param name="mode">What the request asks for.</param>
    /// <param name="unknown">Paths of unknown fields.</param>
    /// <param name="duplicates">Paths of repeated fields.</param>
    /// <returns>Texts for <c>Warning</c> headers (code 299).</returns>
    /// <exception cref="StatusException">400 with the strict decoding error.</exception>
    public IReadOnlyList<string> Enforce(FieldValidation mode, IReadOnlyCollection<string> unknown, IReadOnlyCollection<string> duplicates)
    {
        if (mode == FieldValidation.Ignore || unknown.Count + duplicates.Count == 0)
        {
            return [];
        }

        List<string> faults = [.. duplicates.Select(p => $"duplicate field \"{p}\""), .. unknown.Select(p => $"unknown field \"{p}\"")];
        return mode == FieldValidation.Warn ? faults : throw Undecodable($"strict decoding error: {string.Join(", ", faults)}");
    }

    /// <summary>The server's 400 for a body that cannot be read as this kind.</summary>
    public StatusException Undecodable(string fault) =>
        StatusException.BadRequest($"{Kind} in version \"{Version}\" cannot be handled as a {Kind}: {fault}");
}

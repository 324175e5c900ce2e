using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.ApiServer.Storage;

/// <summary>Where an object is kept: the storage key of its resource, its namespace (empty: cluster-scoped) and its name.</summary>
internal readonly record struct ObjectId(string Resource, string Namespace, string Name)
{
    /// <summary>Sorts as etcd's keys do: namespace/name for namespaced resources, name alone for the others.</summary>
    public string SortKey => Namespace.Length == 0 ? Name : Namespace + "/" + Name;
}

/// <summary>One object at one revision. Immutable: it holds bytes, and every reader parses its own tree.</summary>
internal sealed class StoredObject
{
    private StoredObject(ObjectId id, long revision, byte[] json, JsonObject parsed)
    {
        Id = id;
        Revision = revision;
        Json = json;
        var meta = parsed["metadata"] as JsonObject;
        Uid = Text(meta, "uid");
        IsTerminating = meta?["deletionTimestamp"] is not null;
        Labels = meta?["labels"] is JsonObject { Count: > 0 } labels
            ? labels.ToFrozenDictionary(p => p.Key, p => p.Value?.GetValueKind() == JsonValueKind.String ? p.Value.GetValue<string>() : "")
            : FrozenDictionary<string, string>.Empty;
        Owners = meta?["ownerReferences"] is JsonArray { Count: > 0 } owners
            ? [.. owners.OfType<JsonObject>().Select(OwnerReference.From)]
            : [];
        Finalizers = meta?["finalizers"] is JsonArray { Count: > 0 } finalizers
            ? [.. finalizers.Select(f => f?.GetValueKind() == JsonValueKind.String ? f.GetValue<string>() : "")]
            : [];
    }

    public ObjectId Id { get; }

    public long Revision { get; }

    /// <summary>The object in its storage version, as UTF-8 JSON.</summary>
    public byte[] Json { get; }

    public string Uid { get; }

    public bool IsTerminating { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public IReadOnlyList<OwnerReference> Owners { get; }

    public IReadOnlyList<string> Finalizers { get; }

    /// <summary>A fresh tree, the caller's to change.</summary>
    public JsonObject Parse() => JsonText.ParseObject(Json);

    /// <summary>Stamps the revision into the tree and freezes it.</summary>
    public static StoredObject Freeze(ObjectId id, long revision, JsonObject tree)
    {
        if (tree["metadata"] is not JsonObject meta)
        {
            tree["metadata"] = meta = [];
        }

        meta["resourceVersion"] = revision.ToString();
        return new(id, revision, JsonText.Bytes(Ordered(tree)), tree);
    }

    /// <summary>Restores an object from its own bytes.</summary>
    public static StoredObject Restore(ObjectId id, long revision, byte[] json) => new(id, revision, json, JsonText.ParseObject(json));

    /// <summary>apiVersion and kind come first, so that a list can leave them out without parsing.</summary>
    private static JsonObject Ordered(JsonObject tree)
    {
        if (tree.Count > 1 && tree.GetAt(0).Key == "apiVersion" && tree.GetAt(1).Key == "kind")
        {
            return tree;
        }

        foreach (var (name, at) in (ReadOnlySpan<(string, int)>)[("apiVersion", 0), ("kind", 1)])
        {
            if (tree[name] is { } value)
            {
                tree.Remove(name);
                tree.Insert(Math.Min(at, tree.Count), name, value);
            }
        }

        return tree;
    }

    private static string Text(JsonObject? node, string name) =>
        node?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}

/// <summary>An entry of metadata.ownerReferences.</summary>
internal sealed record OwnerReference(string ApiVersion, string Kind, string Name, string Uid, bool BlocksDeletion)
{
    public static OwnerReference From(JsonObject node) => new(
        Text(node, "apiVersion"), Text(node, "kind"), Text(node, "name"), Text(node, "uid"),
        node["blockOwnerDeletion"] is JsonValue flag && flag.TryGetValue<bool>(out var blocks) && blocks);

    private static string Text(JsonObject node, string name) =>
        node[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}

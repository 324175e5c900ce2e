using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Lifecycle;

/// <summary>Writes of the server's own controllers, below the rules that clients are held to.</summary>
internal sealed class RawWriter(ObjectStore store)
{
    /// <summary>Changes an object in place; removes it when that was the last thing it waited for. Nothing happens when it is gone.</summary>
    /// <param name="id">Which object.</param>
    /// <param name="change">Changes it.</param>
    /// <param name="track">Enters what changed in the managed fields: gets the object before and after. Null: nobody owns it.</param>
    public void Mutate(ObjectId id, Action<JsonObject> change, Action<JsonObject, JsonObject>? track = null)
    {
        while (store.Get(id) is { } current)
        {
            var tree = current.Parse();
            change(tree);
            if (JsonNode.DeepEquals(tree, current.Parse()))
            {
                return;
            }

            track?.Invoke(current.Parse(), tree);
            var done = Removal.IsDue(id.Resource, tree) ? store.Remove(current) : store.Replace(current, tree);
            if (done is not null)
            {
                return;
            }
        }
    }

    public void RemoveFinalizer(ObjectId id, string finalizer) => Mutate(id, tree =>
    {
        var left = tree.Meta().Texts("finalizers").Where(f => f != finalizer).ToList();
        tree.Meta().Put("finalizers", left.Count == 0 ? null : new JsonArray([.. left.Select(f => JsonValue.Create(f))]));
    });
}

/// <summary>When a terminating object may go.</summary>
internal static class Removal
{
    public static bool IsDue(string resource, JsonObject tree)
    {
        var meta = tree.Meta();
        return meta["deletionTimestamp"] is not null
            && meta.List("finalizers") is not { Count: > 0 }
            && (meta.Number("deletionGracePeriodSeconds") ?? 0) == 0
            && !(resource == "/namespaces" && tree.Map("spec").List("finalizers") is { Count: > 0 });
    }
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Reconciling.Status;

/// <summary>
/// Writes the status of objects of a kind: a merge patch of the status subresource with what differs, or nothing where nothing does.
/// The server's answer goes into the cache, so that the next reconcile sees its own write.
/// </summary>
internal sealed class StatusWriter<T, TStatus>(KubeClient client, WatchCache<T> cache, string fieldManager)
    where T : ToolkitObject, IToolkitKind
    where TStatus : ToolkitStatus
{
    /// <summary>Writes the difference. Returns whether there was one; an object that is gone meanwhile is no error.</summary>
    public async Task<bool> WriteAsync(ObjectKey key, TStatus before, TStatus after, CancellationToken cancellation)
    {
        if (MergePatch.Diff(ToolkitJson.ToNode(before), ToolkitJson.ToNode(after)) is not { } difference)
        {
            return false;
        }

        try
        {
            var path = ResourcePath.Of(T.ResourceKind, key).Sub("status");
            var options = new WriteOptions { FieldManager = fieldManager };
            cache.Assume(await client.MergePatchAsync(path, new JsonObject { ["status"] = difference }, options, cancellation));
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // Deleted while it was reconciled.
        }

        return true;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>
/// Removes from a cluster what earlier sandboxes left there: the toolkit's objects, the namespaces that sandboxes made, and those that a
/// Kustomization of theirs made. Nobody runs then who would remove the toolkit's finalizers.
/// </summary>
internal sealed class Leftovers(KubeClient client)
{
    /// <summary>The kustomize-controller's mark on what it applied: the Kustomization's namespace.</summary>
    private const string AppliedFrom = "kustomize.toolkit.fluxcd.io/namespace";

    private static readonly ResourcePath Definitions = new("apiextensions.k8s.io", "v1", "customresourcedefinitions");
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    public async Task RemoveAsync(CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(Deadline, client.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            await RemoveToolkitObjectsAsync(either.Token);
            await RemoveNamespacesAsync(either.Token);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"what an earlier sandbox left at {client.ServerUrl} was not gone within {Deadline.TotalSeconds:0} s", late);
        }
    }

    private async Task RemoveToolkitObjectsAsync(CancellationToken cancellation)
    {
        foreach (var definition in await ItemsAsync(Definitions, null, cancellation))
        {
            var spec = definition.GetProperty("spec");
            var group = spec.GetProperty("group").GetString()!;
            if (!group.EndsWith(".toolkit.fluxcd.io", StringComparison.Ordinal))
            {
                continue;
            }

            var version = spec.GetProperty("versions")[0].GetProperty("name").GetString()!;
            await EmptyAsync(new ResourcePath(group, version, spec.GetProperty("names").GetProperty("plural").GetString()!), null, cancellation);
        }
    }

    private async Task RemoveNamespacesAsync(CancellationToken cancellation)
    {
        var collection = ResourcePath.Core("namespaces");
        var ours = await ItemsAsync(collection, Installation.Mark, cancellation);
        var names = ours.Select(space => space.GetProperty("metadata").GetProperty("name").GetString()).ToList();
        foreach (var name in names)
        {
            await EmptyAsync(collection, $"{AppliedFrom}={name}", cancellation);
        }

        await EmptyAsync(collection, Installation.Mark, cancellation);
    }

    /// <summary>Deletes what a selector finds, and waits until it is gone.</summary>
    private async Task EmptyAsync(ResourcePath collection, string? selector, CancellationToken cancellation)
    {
        while (await ItemsAsync(collection, selector, cancellation) is { Count: > 0 } left)
        {
            foreach (var item in left)
            {
                var metadata = item.GetProperty("metadata");
                var space = metadata.TryGetProperty("namespace", out var value) ? value.GetString()! : "";
                await RemoveAsync(collection.At(new ObjectKey(space, metadata.GetProperty("name").GetString()!)), metadata, cancellation);
            }

            await Task.Delay(LookAgain, client.Time, cancellation);
        }
    }

    private async Task RemoveAsync(ResourcePath path, JsonElement metadata, CancellationToken cancellation)
    {
        try
        {
            if (metadata.TryGetProperty("finalizers", out _))
            {
                await client.MergePatchAsync(path, new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } }, null, cancellation);
            }

            if (!metadata.TryGetProperty("deletionTimestamp", out _))
            {
                await client.DeleteAsync(path, null, cancellation);
            }
        }
        catch (ApiException error) when (error.IsNotFound || error.IsConflict)
        {
            // Gone meanwhile, or being removed.
        }
    }

    private async Task<IReadOnlyList<JsonElement>> ItemsAsync(ResourcePath collection, string? selector, CancellationToken cancellation)
    {
        try
        {
            return (await client.ListAsync(collection, new ListOptions { LabelSelector = selector }, cancellation)).Items;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return [];
        }
    }
}

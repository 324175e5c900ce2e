using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Reconciling;

/// <summary>Puts the finalizer on objects and takes it off; other parties' finalizers stay.</summary>
internal sealed class FinalizerKeeper<T>(KubeClient client, WatchCache<T> cache, string fieldManager)
    where T : ToolkitObject, IToolkitKind
{
    public static bool Has(CacheEntry<T> entry) => entry.Head.Finalizers.Contains(WellKnown.Finalizer, StringComparer.Ordinal);

    /// <summary>Adds the finalizer where it is missing; the entry after that, or null where there was nothing to do.</summary>
    public async Task<CacheEntry<T>?> AddAsync(CacheEntry<T> entry, CancellationToken cancellation)
    {
        if (Has(entry))
        {
            return null;
        }

        await WriteAsync(entry, [.. entry.Head.Finalizers, WellKnown.Finalizer], cancellation);
        return cache.Find(entry.Key);
    }

    /// <summary>Removes the finalizer; an object that is gone already is no error.</summary>
    public async Task RemoveAsync(CacheEntry<T> entry, CancellationToken cancellation)
    {
        try
        {
            await WriteAsync(entry, [.. entry.Head.Finalizers.Where(name => name != WellKnown.Finalizer)], cancellation);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // Somebody else took it off first.
        }
    }

    /// <summary>A merge patch replaces the list whole; the resourceVersion makes sure that nobody else's entry is lost by that.</summary>
    private async Task WriteAsync(CacheEntry<T> entry, string[] finalizers, CancellationToken cancellation)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = entry.Head.ResourceVersion,
                ["finalizers"] = new JsonArray([.. finalizers.Select(name => (JsonNode)name)]),
            },
        };
        var options = new WriteOptions { FieldManager = fieldManager };
        cache.Assume(await client.MergePatchAsync(ResourcePath.Of(T.ResourceKind, entry.Key), patch, options, cancellation));
    }
}

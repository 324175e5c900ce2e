using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Sandbox.Story;

/// <summary>The cluster as the story's teller sees it: applies objects, and waits for what the controllers make of them.</summary>
internal sealed class Cluster(KubeClient client, TimeProvider time)
{
    private const string Teller = "story";

    public KubeClient Client => client;

    /// <summary>Applies one object as a person would with <c>kubectl apply --server-side --force-conflicts</c>.</summary>
    public Task<JsonObject> ApplyAsync(ResourcePath path, JsonObject body, string manager, CancellationToken cancellation) =>
        client.ApplyAsync(path, body, new WriteOptions { FieldManager = manager, Force = true }, cancellation);

    /// <summary>Applies one of the toolkit's objects.</summary>
    public Task<JsonObject> ApplyAsync(ResourcePath path, JsonObject body, CancellationToken cancellation) =>
        ApplyAsync(path, body, Teller, cancellation);

    /// <summary>Reads an object that must exist.</summary>
    public async Task<JsonObject> GetAsync(ResourcePath path, CancellationToken cancellation) =>
        await client.GetAsync(path, cancellation) ?? throw new StoryFailedException($"{path} does not exist");

    /// <summary>
    /// Waits, on a watch, until <paramref name="missing"/> finds nothing missing in the object (null where it does not exist).
    /// </summary>
    /// <exception cref="StoryFailedException">It did not happen within the deadline; says what was missing last.</exception>
    public async Task<JsonObject?> UntilAsync(
        ResourcePath path, Func<JsonObject?, string?> missing, TimeSpan deadline, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var last = "nothing was seen yet";
        try
        {
            await foreach (var state in StatesAsync(path, either.Token))
            {
                if (missing(state) is not { } lack)
                {
                    return state;
                }

                last = lack;
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new StoryFailedException($"{path}: not within {deadline.TotalSeconds:0}s: {last}");
        }

        cancellation.ThrowIfCancellationRequested();
        throw new StoryFailedException($"{path}: the watch ended: {last}");
    }

    private async IAsyncEnumerable<JsonObject?> StatesAsync(
        ResourcePath path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var selector = $"metadata.name={path.Name}";
            var collection = path with { Name = null };
            var list = await client.ListAsync(collection, new ListOptions { FieldSelector = selector }, cancellation);
            yield return list.Items.Count == 0 ? null : Copy(list.Items[0]);

            await foreach (var change in client.WatchAsync(
                collection, new WatchOptions { FieldSelector = selector, ResourceVersion = list.ResourceVersion }, cancellation))
            {
                if (change.Type != WatchEventType.Bookmark)
                {
                    yield return change.Type == WatchEventType.Deleted ? null : Copy(change.Object);
                }
            }
        }
    }

    private static JsonObject Copy(JsonElement element) => JsonObject.Create(element)!.DeepClone().AsObject();
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>The addresses behind a Service: the ready pods that its selector finds.</summary>
internal sealed class EndpointsReconciler(World world) : IReconciler
{
    private readonly EndpointSlices _slices = new(world);

    public string Kind => Kinds.Service.Kind.Kind;

    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        var present = world.Find(Kinds.Endpoints, key);
        if (world.Find(Kinds.Service, key) is not { } service || World.IsDeleting(service))
        {
            if (present is not null && IsOurs(present))
            {
                await world.DeleteAsync(Kinds.Endpoints, present, cancellation);
            }

            return Outcome.Next;
        }

        if (service.At("spec", "selector") is not JsonObject { Count: > 0 } selector)
        {
            return Outcome.Next;
        }

        var pods = Selected(key.Namespace, selector);
        var subsets = Subsets(service, pods);
        await _slices.KeepAsync(service, pods, pods.Count == 0 ? [] : Ports(service, pods[0]), cancellation);
        if (present is null)
        {
            await world.CreateAsync(Kinds.Endpoints, new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace, ["labels"] = new JsonObject { [ManagedBy] = Us } },
                ["subsets"] = subsets,
            }, cancellation);
        }
        else if (!JsonNode.DeepEquals(present["subsets"] ?? new JsonArray(), subsets))
        {
            await world.PatchAsync(Kinds.Endpoints, key, new JsonObject { ["subsets"] = subsets }, cancellation);
        }

        return Outcome.Next;
    }

    private const string ManagedBy = "endpoints.kubernetes.io/managed-by";
    private const string Us = "endpoint-controller";

    private static bool IsOurs(JsonObject endpoints) => endpoints.Text("metadata", "labels", ManagedBy) == Us;

    private List<JsonObject> Selected(string ns, JsonObject selector) =>
    [
        .. world.Cache(Kinds.Pod).List()
            .Where(entry => entry.Key.Namespace == ns && selector.All(label => entry.Head.Labels.GetValueOrDefault(label.Key) == (string?)label.Value))
            .OrderBy(entry => entry.Key)
            .Select(entry => entry.Value!.Tree())
            .Where(pod => Pods.IsActive(pod) && pod.Text("status", "podIP").Length > 0),
    ];

    private static JsonArray Subsets(JsonObject service, List<JsonObject> pods)
    {
        if (pods.Count == 0)
        {
            return [];
        }

        var subset = new JsonObject();
        foreach (var (name, addresses) in new[] { ("addresses", pods.Where(Pods.IsReady)), ("notReadyAddresses", pods.Where(pod => !Pods.IsReady(pod))) })
        {
            var list = addresses.Select(Address).ToArray<JsonNode?>();
            if (list.Length > 0)
            {
                subset[name] = new JsonArray(list);
            }
        }

        subset["ports"] = Ports(service, pods[0]);
        return [subset];
    }

    private static JsonArray Ports(JsonObject service, JsonObject pod) => [.. service.Items("spec", "ports").Select(port => Port(port, pod))];

    public static JsonObject Address(JsonObject pod) => new()
    {
        ["ip"] = pod.Text("status", "podIP"),
        ["nodeName"] = pod.Text("spec", "nodeName"),
        ["targetRef"] = new JsonObject
        {
            ["kind"] = "Pod",
            ["name"] = pod.Text("metadata", "name"),
            ["namespace"] = pod.Text("metadata", "namespace"),
            ["uid"] = pod.Text("metadata", "uid"),
        },
    };

    private static JsonObject Port(JsonObject port, JsonObject pod)
    {
        var target = port.Number("targetPort") ?? pod.Items("spec", "containers").SelectMany(container => container.Items("ports"))
            .FirstOrDefault(candidate => candidate.Text("name") == port.Text("targetPort")).Number("containerPort") ?? port.Number("port") ?? 0;
        var result = new JsonObject();
        if (port.Text("name") is { Length: > 0 } name)
        {
            result["name"] = name;
        }

        result["port"] = target;
        result["protocol"] = port.Text("protocol") is { Length: > 0 } protocol ? protocol : "TCP";
        return result;
    }
}

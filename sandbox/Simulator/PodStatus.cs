using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>The statuses that a kubelet writes.</summary>
internal sealed class PodStatus(World world)
{
    private const string HostAddress = "10.0.0.1";

    /// <summary>Addresses are given out in turn; the one in a pod's status stays as it is.</summary>
    private int _lastAddress;

    /// <summary>A pod whose containers do not run yet.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="reason">Why its containers wait, such as <c>ContainerCreating</c>.</param>
    /// <param name="message">More about it, or empty.</param>
    /// <param name="onlyImage">The one image that this is about, or null for all.</param>
    public JsonObject Waiting(JsonObject pod, string reason, string message, string? onlyImage)
    {
        var waiting = new JsonObject { ["reason"] = reason };
        if (message.Length > 0)
        {
            waiting["message"] = message;
        }

        var status = Base(pod, "Pending", isReady: false);
        // While init containers run, the others wait for them.
        var hasInit = pod.Items("spec", "initContainers").Any();
        var usual = hasInit ? "PodInitializing" : "ContainerCreating";
        JsonObject State(JsonObject container) => new()
        {
            ["waiting"] = container.Text("image") == onlyImage || (onlyImage is null && !hasInit) ? waiting.DeepClone() : new JsonObject { ["reason"] = usual },
        };
        status["containerStatuses"] = Containers(pod, "containers", State, isReady: false);
        WithInit(status, pod, State, isReady: false);
        return status;
    }

    /// <summary>A pod whose containers all run and are ready.</summary>
    public JsonObject Running(JsonObject pod)
    {
        var status = Base(pod, "Running", isReady: true);
        JsonObject State(JsonObject container) => new() { ["running"] = new JsonObject { ["startedAt"] = StartedAt(pod, container) } };
        status["containerStatuses"] = Containers(pod, "containers", State, isReady: true);
        WithInit(status, pod, container => container.Text("restartPolicy") == "Always" ? State(container) : Ended(pod, container), isReady: true);
        return status;
    }

    /// <summary>A pod whose containers have all ended well.</summary>
    public JsonObject Succeeded(JsonObject pod)
    {
        var status = Base(pod, "Succeeded", isReady: false);
        JsonObject State(JsonObject container) => Ended(pod, container);
        status["containerStatuses"] = Containers(pod, "containers", State, isReady: false);
        WithInit(status, pod, State, isReady: true);
        return status;
    }

    private static void WithInit(JsonObject status, JsonObject pod, Func<JsonObject, JsonObject> state, bool isReady)
    {
        if (Containers(pod, "initContainers", state, isReady) is { Count: > 0 } containers)
        {
            status["initContainerStatuses"] = containers;
        }
    }

    /// <summary>A container that ended well; when it did stays as it was first told.</summary>
    private JsonObject Ended(JsonObject pod, JsonObject container)
    {
        var before = Before(pod, container).At("state", "terminated") as JsonObject;
        return new JsonObject
        {
            ["terminated"] = before?.DeepClone() ?? new JsonObject
            {
                ["exitCode"] = 0,
                ["reason"] = "Completed",
                ["startedAt"] = StartedAt(pod, container),
                ["finishedAt"] = world.Now,
            },
        };
    }

    private JsonObject Base(JsonObject pod, string phase, bool isReady)
    {
        var started = pod.Text("status", "startTime");
        var status = new JsonObject
        {
            ["phase"] = phase,
            ["startTime"] = started.Length > 0 ? started : world.Now,
            ["hostIP"] = HostAddress,
            ["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = HostAddress }),
            ["qosClass"] = QualityOfService.Of(pod),
        };
        status["conditions"] = new JsonArray(
            Condition(pod, "PodReadyToStartContainers", phase != "Pending", ""),
            Condition(pod, "Initialized", phase != "Pending" || !pod.Items("spec", "initContainers").Any(), "ContainersNotInitialized"),
            Condition(pod, "Ready", isReady, phase == "Succeeded" ? "PodCompleted" : "ContainersNotReady"),
            Condition(pod, "ContainersReady", isReady, phase == "Succeeded" ? "PodCompleted" : "ContainersNotReady"),
            Condition(pod, "PodScheduled", true, ""));
        if (phase != "Pending")
        {
            var address = Address(pod);
            status["podIP"] = address;
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = address });
        }

        return status;
    }

    private JsonObject Condition(JsonObject pod, string type, bool value, string reasonIfFalse)
    {
        var before = pod["status"].Condition(type);
        var text = value ? "True" : "False";
        var condition = new JsonObject
        {
            ["type"] = type,
            ["status"] = text,
            ["lastTransitionTime"] = before.Text("status") == text ? before.Text("lastTransitionTime") : world.Now,
        };
        if (!value && reasonIfFalse.Length > 0)
        {
            condition["reason"] = reasonIfFalse;
            if (reasonIfFalse == "ContainersNotReady")
            {
                condition["message"] = $"containers with unready status: [{Names(pod, "containers")}]";
            }
            else if (reasonIfFalse == "ContainersNotInitialized")
            {
                condition["message"] = $"containers with incomplete status: [{Names(pod, "initContainers")}]";
            }
        }

        return condition;
    }

    private static string Names(JsonObject pod, string list) => string.Join(' ', pod.Items("spec", list).Select(container => container.Text("name")));

    private static JsonArray Containers(JsonObject pod, string list, Func<JsonObject, JsonObject> state, bool isReady) =>
    [
        .. pod.Items("spec", list).Select(container =>
        {
            var image = container.Text("image");
            return new JsonObject
            {
                ["name"] = container.Text("name"),
                ["image"] = image,
                ["imageID"] = isReady ? ImageId(image) : "",
                ["ready"] = isReady,
                ["started"] = isReady,
                ["restartCount"] = 0,
                ["state"] = state(container),
                ["lastState"] = new JsonObject(),
            };
        }),
    ];

    private string StartedAt(JsonObject pod, JsonObject container)
    {
        var before = Before(pod, container);
        var running = before.Text("state", "running", "startedAt");
        return running.Length > 0 && before.Text("image") == container.Text("image") ? running : world.Now;
    }

    private static JsonObject? Before(JsonObject pod, JsonObject container) =>
        pod.Items("status", "containerStatuses").Concat(pod.Items("status", "initContainerStatuses"))
            .FirstOrDefault(found => found.Text("name") == container.Text("name"));

    private static string ImageId(string image)
    {
        var at = image.IndexOf('@');
        var name = at >= 0 ? image[..at] : image;
        var digest = at >= 0 ? image[(at + 1)..] : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image)));
        return $"{name}@{digest}";
    }

    private string Address(JsonObject pod)
    {
        var present = pod.Text("status", "podIP");
        return present.Length > 0 ? present : Next();
    }

    private static string AddressIn(JsonElement pod) =>
        pod.TryGetProperty("status", out var status) && status.TryGetProperty("podIP", out var address) ? address.GetString() ?? "" : "";

    /// <summary>An address that no pod has, also none from before a restart.</summary>
    private string Next()
    {
        var taken = world.Cache(Kinds.Pod).List().Select(entry => AddressIn(entry.Value!.Json)).ToHashSet(StringComparer.Ordinal);
        string address;
        do
        {
            var number = Interlocked.Increment(ref _lastAddress);
            address = $"10.244.{number / 250 % 250}.{number % 250 + 2}";
        }
        while (taken.Contains(address));
        return address;
    }
}

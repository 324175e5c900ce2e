using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>The kubelet of the one node: pods start, become ready, fail to pull their image, run to their end, and go when they are deleted.</summary>
internal sealed class PodReconciler(World world, PodStatus status) : IReconciler
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    public string Kind => Kinds.Pod.Kind.Kind;

    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (world.Find(Kinds.Pod, key) is not { } pod)
        {
            return Outcome.Next;
        }

        if (World.IsDeleting(pod))
        {
            await world.DeleteAsync(Kinds.Pod, pod, cancellation, gracePeriod: 0);
            return Outcome.Next;
        }

        // Another node's pods are its kubelet's.
        if (pod.Text("spec", "nodeName") is { Length: > 0 } node && node != world.Options.NodeName)
        {
            return Outcome.Next;
        }

        return pod.Text("status", "phase") switch
        {
            "Succeeded" or "Failed" => Outcome.Next,
            "Running" => await RunAsync(pod, cancellation),
            // Made by hand: its change of node brings it here again.
            _ when pod.Text("spec", "nodeName").Length == 0 => await world.BindAsync(key, cancellation),
            _ => await StartAsync(pod, cancellation),
        };
    }

    private async Task<Outcome> StartAsync(JsonObject pod, CancellationToken cancellation)
    {
        var isNew = pod.Text("status", "startTime").Length == 0;
        if (isNew)
        {
            world.Event(Kinds.Pod, pod, "Scheduled", $"Successfully assigned {World.KeyOf(pod)} to {world.Options.NodeName}");
        }

        if (FailingImage(pod) is { } image)
        {
            // The first refusal is an error, the next ones wait for longer: as the kubelet tells it.
            var reason = isNew ? "ErrImagePull" : "ImagePullBackOff";
            var isKnown = pod.Items("status", "containerStatuses").Concat(pod.Items("status", "initContainerStatuses"))
                .Any(container => container.Text("image") == image && container.Text("state", "waiting", "reason") == "ImagePullBackOff");
            if (!isKnown)
            {
                await world.WriteStatusAsync(Kinds.Pod, pod, status.Waiting(pod, reason, Refusal(reason, image), image), cancellation);
                world.Event(Kinds.Pod, pod, isNew ? "Failed" : "BackOff", isNew ? $"Failed to pull image \"{image}\": not found" : $"Back-off pulling image \"{image}\"", EventType.Warning);
            }

            return new Outcome.Done(LookAgain);
        }

        if (isNew)
        {
            await world.WriteStatusAsync(Kinds.Pod, pod, status.Waiting(pod, "ContainerCreating", "", null), cancellation);
            return new Outcome.Done(world.Options.StartupTime);
        }

        var began = pod.Instant("metadata", "creationTimestamp") ?? world.Options.Time.GetUtcNow();
        var left = began + world.Options.StartupTime - world.Options.Time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return new Outcome.Done(left);
        }

        foreach (var container in pod.Items("spec", "initContainers").Concat(pod.Items("spec", "containers")))
        {
            world.Event(Kinds.Pod, pod, "Pulled", $"Container image \"{container.Text("image")}\" already present on machine");
            world.Event(Kinds.Pod, pod, "Created", $"Created container: {container.Text("name")}");
            world.Event(Kinds.Pod, pod, "Started", $"Started container {container.Text("name")}");
        }

        await world.WriteStatusAsync(Kinds.Pod, pod, status.Running(pod), cancellation);
        return RunsToAnEnd(pod) ? new Outcome.Done(world.Options.JobRunTime) : Outcome.Next;
    }

    /// <summary>A container's image may be changed in a running pod; a pod that is to end, ends.</summary>
    private async Task<Outcome> RunAsync(JsonObject pod, CancellationToken cancellation)
    {
        if (!RunsToAnEnd(pod))
        {
            await world.WriteStatusAsync(Kinds.Pod, pod, status.Running(pod), cancellation);
            return Outcome.Next;
        }

        var started = pod["status"].Condition("Ready").Instant("lastTransitionTime") ?? world.Options.Time.GetUtcNow();
        var left = started + world.Options.JobRunTime - world.Options.Time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return new Outcome.Done(left);
        }

        await world.WriteStatusAsync(Kinds.Pod, pod, status.Succeeded(pod), cancellation);
        return Outcome.Next;
    }

    private string? FailingImage(JsonObject pod) =>
        pod.Items("spec", "containers").Concat(pod.Items("spec", "initContainers")).Select(container => container.Text("image")).FirstOrDefault(world.Options.FailingImages);

    private static string Refusal(string reason, string image) =>
        reason == "ErrImagePull" ? $"failed to pull and unpack image \"{image}\": not found" : $"Back-off pulling image \"{image}\"";

    private static bool RunsToAnEnd(JsonObject pod) => pod.Text("spec", "restartPolicy") is "Never" or "OnFailure";
}

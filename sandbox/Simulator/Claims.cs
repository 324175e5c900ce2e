using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>The PersistentVolumeClaims of a StatefulSet's pods: made with the pod, bound at once, and kept when the pod goes.</summary>
internal sealed class Claims(World world)
{
    /// <summary>Makes what a pod of this name claims, and lets the pod mount it.</summary>
    public async Task AddAsync(JsonObject set, JsonObject pod, string podName, CancellationToken cancellation)
    {
        var templates = set.Items("spec", "volumeClaimTemplates").ToList();
        if (templates.Count == 0)
        {
            return;
        }

        var names = templates.Select(template => template.Text("metadata", "name")).ToHashSet(StringComparer.Ordinal);
        var volumes = pod.Items("spec", "volumes").Where(volume => !names.Contains(volume.Text("name"))).Select(volume => (JsonNode)volume.Clone()).ToList();
        foreach (var template in templates)
        {
            var volume = template.Text("metadata", "name");
            var claim = new ObjectKey(set.Text("metadata", "namespace"), $"{volume}-{podName}");
            await EnsureAsync(template, set, claim, cancellation);
            volumes.Add(new JsonObject { ["name"] = volume, ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim.Name } });
        }

        pod["spec"]!["volumes"] = new JsonArray([.. volumes]);
    }

    private async Task EnsureAsync(JsonObject template, JsonObject set, ObjectKey key, CancellationToken cancellation)
    {
        if (world.Find(Kinds.Claim, key) is not { } claim)
        {
            var body = template.Clone();
            body.Remove("status");
            var metadata = body["metadata"]!.AsObject();
            metadata.Remove("creationTimestamp");
            (metadata["name"], metadata["namespace"]) = (key.Name, key.Namespace);
            var labels = set.At("spec", "selector", "matchLabels").Clone();
            foreach (var (name, value) in metadata["labels"].Clone())
            {
                labels[name] = value?.DeepClone();
            }

            metadata["labels"] = labels;
            claim = await world.CreateAsync(Kinds.Claim, body, cancellation);
            world.Event(Kinds.StatefulSet, set, "SuccessfulCreate", $"create Claim {key.Name} Pod {key.Name[(template.Text("metadata", "name").Length + 1)..]} in StatefulSet {set.Text("metadata", "name")} success");
        }

        await BindAsync(claim, cancellation);
    }

    private async Task BindAsync(JsonObject claim, CancellationToken cancellation)
    {
        if (claim.Text("status", "phase") == "Bound")
        {
            return;
        }

        var status = new JsonObject { ["phase"] = "Bound" };
        if (claim.At("spec", "accessModes") is { } modes)
        {
            status["accessModes"] = modes.DeepClone();
        }

        if (claim.At("spec", "resources", "requests") is { } room)
        {
            status["capacity"] = room.DeepClone();
        }

        await world.WriteStatusAsync(Kinds.Claim, claim, status, cancellation);
    }
}

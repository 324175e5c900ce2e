using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>
/// The templates that a StatefulSet or DaemonSet had, as ControllerRevisions: what <c>kubectl rollout history</c> shows and
/// <c>kubectl rollout undo</c> goes back to.
/// </summary>
internal sealed class Revisions(World world, WorkloadKind kind)
{
    private const string ChangeCause = "kubernetes.io/change-cause";

    /// <summary>Makes the revision of the present template the newest, and gives up those beyond the history limit that no pod is of.</summary>
    /// <param name="set">The workload.</param>
    /// <param name="hash">The hash of its template.</param>
    /// <param name="inUse">The names or hashes, as pods are labelled with, that must stay.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task KeepAsync(JsonObject set, string hash, IReadOnlySet<string> inUse, CancellationToken cancellation)
    {
        var all = world.Owned(Kinds.ControllerRevision, set.Text("metadata", "uid")).Where(found => !World.IsDeleting(found)).ToList();
        var name = Name(set, hash);
        var last = all.Select(Number).DefaultIfEmpty(0).Max();
        if (all.Find(found => found.Text("metadata", "name") == name) is not { } present)
        {
            await world.CreateAsync(Kinds.ControllerRevision, Body(set, name, hash, last + 1), cancellation);
        }
        else if (Number(present) < last)
        {
            await world.PatchAsync(Kinds.ControllerRevision, World.KeyOf(present), new JsonObject { ["revision"] = last + 1 }, cancellation);
        }

        var history = all.Where(found => found.Text("metadata", "name") != name
            && !inUse.Contains(found.Text("metadata", "name")) && !inUse.Contains(found.Text("metadata", "labels", TemplateHash.ControllerRevisionHash)));
        foreach (var old in history.OrderByDescending(Number).Skip(set.Number("spec", "revisionHistoryLimit") ?? 10).ToList())
        {
            await world.DeleteAsync(Kinds.ControllerRevision, old, cancellation);
        }
    }

    /// <summary>The template that a revision keeps; null where there is none of that name.</summary>
    public JsonObject? Template(JsonObject set, string name) =>
        world.Find(Kinds.ControllerRevision, new ObjectKey(set.Text("metadata", "namespace"), name)).At("data", "spec", "template") is JsonObject template
            ? WithoutDirective(template)
            : null;

    public static string Name(JsonObject set, string hash) => $"{set.Text("metadata", "name")}-{hash}";

    private JsonObject Body(JsonObject set, string name, string hash, int number)
    {
        // Given to the server as a strategic merge patch by kubectl: the template is to be replaced, not merged.
        var template = set.At("spec", "template").Clone();
        template["$patch"] = "replace";
        var labels = set.At("spec", "template", "metadata", "labels").Clone();
        labels[TemplateHash.ControllerRevisionHash] = kind == Kinds.StatefulSet ? name : hash;
        var annotations = new JsonObject();
        if (set.Text("metadata", "annotations", ChangeCause) is { Length: > 0 } cause)
        {
            annotations[ChangeCause] = cause;
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = set.Text("metadata", "namespace"),
                ["labels"] = labels,
                ["annotations"] = annotations,
                ["ownerReferences"] = World.OwnedBy(kind, set),
            },
            ["data"] = new JsonObject { ["spec"] = new JsonObject { ["template"] = template } },
            ["revision"] = number,
        };
    }

    private static JsonObject WithoutDirective(JsonObject template)
    {
        var clone = template.Clone();
        clone.Remove("$patch");
        return clone;
    }

    private static int Number(JsonObject revision) => revision.Number("revision") ?? 0;
}

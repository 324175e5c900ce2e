using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>One entry of <c>patches</c> made ready: either merge patches or one JSON patch, and where it was written.</summary>
internal sealed record LoadedPatch(
    IReadOnlyList<Resource> Merges, JsonPatch? Json, Selector? Target, bool AllowNameChange, bool AllowKindChange, Origin Origin,
    string Field);

/// <summary>The <c>patches</c> field.</summary>
internal static class PatchTransformer
{
    internal static void Apply(ResourceSet set, LoadedPatch patch)
    {
        var removed = new HashSet<Resource>(ReferenceEqualityComparer.Instance);
        if (patch.Json is not null)
        {
            ApplyJson(set, patch, patch.Json);
        }
        else
        {
            foreach (var (target, merge) in MergeTargets(set, patch))
            {
                if (!removed.Contains(target) && !ApplyMerge(target, merge, patch))
                {
                    removed.Add(target);
                }
            }
        }

        set.Remove(removed);
        set.IdsChanged();
    }

    private static List<(Resource Target, Resource Patch)> MergeTargets(ResourceSet set, LoadedPatch patch)
    {
        if (patch.Target is { } selector)
        {
            return [.. set.Items.Where(selector.Matches).Select(target => (target, patch.Merges[0]))];
        }

        List<(Resource, Resource)> targets = [];
        var index = set.IndexAnyId();
        foreach (var merge in patch.Merges)
        {
            var found = set.WithAnyId(merge.Id, index);
            targets.Add(found.Count switch
            {
                1 => (found[0], merge),
                0 => throw Fault(patch, $"no object matches the patch for {merge.Id} ({merge.Id.ApiVersion})"),
                _ => throw Fault(patch, $"several objects match the patch for {merge.Id}: {string.Join(", ", found.Select(r => r.Origin))}"),
            });
        }

        return targets;
    }

    /// <returns>False when the patch deletes the object.</returns>
    private static bool ApplyMerge(Resource target, Resource merge, LoadedPatch patch)
    {
        var (name, space, kind) = (target.Name, target.Namespace, target.Kind);
        var body = (JsonObject)merge.Body.DeepClone();
        if (patch.Target is not null)
        {
            // A patch with a target need not repeat the type of the object it is for.
            body["apiVersion"] = target.Body["apiVersion"]?.DeepClone();
        }

        if (patch.AllowNameChange || patch.AllowKindChange)
        {
            target.StorePreviousId();
        }

        try
        {
            if (StrategicMerge.Apply(target.Body, body) is not { } merged || merged.Count == 0)
            {
                return false;
            }

            target.Body = merged;
        }
        catch (MergeException e)
        {
            throw Fault(patch, $"patching {target.Id} ({target.Origin}): {e.Path}: {e.Message}");
        }

        if (!patch.AllowKindChange)
        {
            target.Body["kind"] = kind;
        }

        if (!patch.AllowNameChange)
        {
            target.SetMetadata("name", name);
        }

        target.SetMetadata("namespace", space);
        return true;
    }

    private static void ApplyJson(ResourceSet set, LoadedPatch patch, JsonPatch json)
    {
        foreach (var target in set.Items.Where(patch.Target!.Matches))
        {
            target.StorePreviousId();
            try
            {
                target.Body = json.Apply(target.Body);
            }
            catch (MergeException e)
            {
                throw Fault(patch, $"patching {target.Id} ({target.Origin}): {e.Path}: {e.Message}");
            }
        }
    }

    private static BuildException Fault(LoadedPatch patch, string message) =>
        BuildException.At(message, patch.Origin.File, patch.Origin.Line, patch.Field);
}

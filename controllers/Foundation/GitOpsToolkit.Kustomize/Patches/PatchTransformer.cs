using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>A patch made ready: either merge patches or one JSON patch, and where it was written.</summary>
internal sealed record LoadedPatch(
    IReadOnlyList<Resource> Merges, JsonPatch? Json, Selector? Target, bool AllowNameChange, bool AllowKindChange, Origin Origin,
    string Field)
{
    /// <summary>Whether an object that a JSON patch changes is still found by the name it had before. Not so for the old field.</summary>
    internal bool KeepsPreviousIds { get; init; } = true;
}

/// <summary>Applies one patch.</summary>
internal sealed class PatchTransformer(LoadedPatch patch, IMergeSchema schema) : ITransformer
{
    public void Transform(ResourceSet set)
    {
        if (patch.Json is not null)
        {
            ApplyJson(set, patch.Json);
            return;
        }

        var idsChanged = false;
        var removed = new HashSet<Resource>(ReferenceEqualityComparer.Instance);
        foreach (var (target, merge) in MergeTargets(set))
        {
            if (removed.Contains(target))
            {
                continue;
            }

            var before = target.Id;
            if (!ApplyMerge(target, merge))
            {
                removed.Add(target);
            }

            idsChanged |= target.Id != before;
        }

        set.Remove(removed);
        if (idsChanged)
        {
            set.RefuseDuplicates();
            set.IdsChanged();
        }
    }

    private List<(Resource Target, Resource Patch)> MergeTargets(ResourceSet set)
    {
        if (patch.Target is { } selector)
        {
            return [.. set.Items.Where(selector.Matches).Select(target => (target, patch.Merges[0]))];
        }

        List<(Resource, Resource)> targets = [];
        foreach (var merge in patch.Merges)
        {
            var found = set.WithAnyId(merge.Id);
            targets.Add(found.Count switch
            {
                1 => (found[0], merge),
                0 => throw Fault($"no object matches the patch for {merge.Id} ({merge.Id.ApiVersion})"),
                _ => throw Fault($"several objects match the patch for {merge.Id}: {string.Join(", ", found.Select(r => r.Origin))}"),
            });
        }

        return targets;
    }

    /// <returns>False when the patch deletes the object.</returns>
    private bool ApplyMerge(Resource target, Resource merge)
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
            if (StrategicMerge.Apply(target.Body, body, schema, target.BareNulls) is not { } merged || merged.Count == 0)
            {
                return false;
            }

            target.Body = merged;
        }
        catch (MergeException e)
        {
            throw Fault($"patching {target.Id} ({target.Origin}): {e.Path}: {e.Message}");
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

    private void ApplyJson(ResourceSet set, JsonPatch json)
    {
        foreach (var target in set.Items.Where(patch.Target!.Matches))
        {
            if (patch.KeepsPreviousIds)
            {
                target.StorePreviousId();
            }

            try
            {
                target.Body = json.Apply(target.Body);
            }
            catch (MergeException e)
            {
                throw Fault($"patching {target.Id} ({target.Origin}): {e.Path}: {e.Message}");
            }
        }

        set.IdsChanged();
    }

    private BuildException Fault(string message) => BuildException.At(message, patch.Origin.File, patch.Origin.Line, patch.Field);
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Generators;

/// <summary>Adds what generators made: as new objects, or into objects that are there, as their behavior says.</summary>
internal static class Absorber
{
    /// <exception cref="BuildException">The behavior does not fit what is there.</exception>
    internal static void Absorb(ResourceSet set, IEnumerable<Resource> generated)
    {
        foreach (var resource in generated)
        {
            Absorb(set, resource);
        }
    }

    private static void Absorb(ResourceSet set, Resource resource)
    {
        var found = set.WithAnyId(resource.Id);
        var behavior = resource.Generation.Behavior;
        switch (found.Count)
        {
            case 0 when behavior == GenerationBehavior.Create:
                set.Add(resource);
                return;
            case 0:
                throw resource.Fault($"behavior '{Name(behavior)}' needs an object of that id, and there is none");
            case 1 when behavior == GenerationBehavior.Create:
                throw resource.Fault($"the object exists already ({found[0].Origin}); say behavior: merge or replace");
            case 1:
                Take(set, found[0], resource);
                return;
            default:
                throw resource.Fault($"several objects could be meant: {string.Join(", ", found.Select(other => other.Origin))}");
        }
    }

    private static string Name(GenerationBehavior behavior) => behavior == GenerationBehavior.Merge ? "merge" : "replace";

    private static void Take(ResourceSet set, Resource old, Resource resource)
    {
        MergeMap(resource.Metadata!, old.Metadata, "labels");
        MergeMap(resource.Metadata!, old.Metadata, "annotations");
        if (resource.Generation.Behavior == GenerationBehavior.Merge)
        {
            MergeMap(resource.Body, old.Body, "data");
            MergeMap(resource.Body, old.Body, "binaryData");
            resource.Provenance.Source = old.Provenance.Source ?? resource.Provenance.Source;
        }

        // The hash is asked for by both or not at all; the behavior has done its work.
        resource.Generation = new GenerationNote(resource.Generation.NeedsHash && old.Generation.NeedsHash, old.Generation.Behavior);
        resource.TakePlaceOf(old);
        set.Replace(old, resource);
    }

    /// <summary>Puts the entries of the old map under those of the new one.</summary>
    private static void MergeMap(JsonObject target, JsonObject? old, string field)
    {
        if (old?[field] is not JsonObject { Count: > 0 } map)
        {
            return;
        }

        var own = target[field] as JsonObject;
        var merged = new JsonObject();
        foreach (var (key, value) in map)
        {
            merged[key] = JsonNodes.ScalarText(value) ?? "";
        }

        foreach (var (key, value) in own ?? [])
        {
            merged[key] = value?.DeepClone();
        }

        target[field] = merged;
    }
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Replacements;

/// <summary>Copies values between fields, one replacement after the other.</summary>
internal sealed class ReplacementTransformer(IReadOnlyList<Replacement> replacements) : ITransformer
{
    public void Transform(ResourceSet set)
    {
        foreach (var replacement in replacements)
        {
            if (replacement is { Value: null, Source: null } or { Targets: null })
            {
                throw replacement.Fault("a replacement needs a source and targets");
            }

            if (replacement is { Value: not null, Source: not null })
            {
                throw replacement.Fault("'sourceValue' and 'source' exclude each other");
            }

            var value = replacement.Source is null
                ? ReplacementValue.Of(replacement.Value!)
                : ReplacementValue.Of(Read(set, replacement, replacement.Source), replacement.Source.Options, replacement.Fault);
            foreach (var target in replacement.Targets)
            {
                Apply(set, replacement, target, value);
            }
        }

        set.IdsChanged();
    }

    private static JsonNode Read(ResourceSet set, Replacement replacement, ReplacementSource source)
    {
        Resource? found = null;
        foreach (var resource in set.Items.Where(resource => resource.PreviousIds.Append(resource.Id).Any(id => IsSelected(id, source.Object))))
        {
            found = found is null
                ? resource
                : throw replacement.Fault($"the source may be several objects: {found.Id} ({found.Origin}), {resource.Id} ({resource.Origin})");
        }

        if (found is null)
        {
            throw replacement.Fault($"no object is the source {source.Object}");
        }

        var path = source.FieldPath.Length > 0 ? source.FieldPath : "metadata.name";
        return FieldPath.TryGet(found.Body, FieldPath.Split(path), out var value) && value is not (null or JsonObject { Count: 0 } or JsonArray { Count: 0 })
            ? value
            : throw replacement.Fault($"the source {found.Id} has no field '{path}'");
    }

    private static bool IsSelected(ResourceId id, ResourceId selector)
    {
        static string Space(string name) => name.Length == 0 ? "default" : name;
        return (selector.Name.Length == 0 || selector.Name == id.Name)
            && (selector.Namespace.Length == 0 || Space(selector.Namespace) == Space(id.Namespace))
            && (selector.Group.Length == 0 || selector.Group == id.Group)
            && (selector.Version.Length == 0 || selector.Version == id.Version)
            && (selector.Kind.Length == 0 || selector.Kind == id.Kind);
    }

    private static void Apply(ResourceSet set, Replacement replacement, ReplacementTarget target, ReplacementValue value)
    {
        if (target.Select is not { } select)
        {
            throw replacement.Fault("a target needs 'select'");
        }

        foreach (var resource in set.Items)
        {
            if (!select.MatchesMetadata(resource)
                || target.Reject.Any(reject => reject.HasMetadata && reject.MatchesMetadata(resource)))
            {
                continue;
            }

            List<ResourceId> ids = [resource.Id, .. resource.PreviousIds];
            if (!ids.Exists(select.MatchesId) || target.Reject.Any(reject => reject.HasId && ids.Exists(reject.MatchesId)))
            {
                continue;
            }

            foreach (var path in target.FieldPaths.DefaultIfEmpty("metadata.name"))
            {
                Set(resource, replacement, path, target.Options, value);
            }
        }
    }

    private static void Set(
        Resource resource, Replacement replacement, string path, ReplacementOptions options, ReplacementValue value)
    {
        var steps = FieldPath.Split(path);
        var create = options.Create ? value.Kind : CreatedKind.None;
        try
        {
            if (StructuredText.TrySet(resource.Body, steps, create, value))
            {
                return;
            }

            var slots = new PathMatcher(steps, create).MatchIn(resource.Body);
            if (slots.Count == 0)
            {
                throw new PathException(options.Create ? "the field can be neither found nor created" : "there is no such field");
            }

            foreach (var slot in slots)
            {
                value.PutInto(slot, options);
            }
        }
        catch (PathException e)
        {
            throw replacement.Fault($"{resource.Id} ({resource.Origin}): {path}: {e.Message}");
        }
    }
}

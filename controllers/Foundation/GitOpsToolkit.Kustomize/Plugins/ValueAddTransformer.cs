using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Patches;
using GitOpsToolkit.Kustomize.Resources;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize.Plugins;

/// <summary>A field that takes the value.</summary>
/// <param name="Select">The objects; null for all.</param>
/// <param name="Field">The field, with slashes.</param>
/// <param name="PathPosition">Where the value is put into the path that the field holds, from 1; 0 replaces the field.</param>
internal sealed record ValueTarget(Selector? Select, string Field, int PathPosition);

/// <summary>Reads the configuration of a <see cref="ValueAddTransformer"/>.</summary>
internal static class ValueAddReader
{
    internal static ValueAddTransformer Read(FieldReader reader, LocalFiles files)
    {
        var value = reader.Text("value").Trim();
        List<FieldReader> targets = [.. reader.Maps("targets")];
        if (reader.Text("targetFilePath") is { Length: > 0 } path)
        {
            var documents = files.Documents(path, message => reader.Fault("targetFilePath", message));
            if (documents.Count > 0 && documents[0].Root is JsonObject map)
            {
                targets.AddRange(new FieldReader(documents[0], map, "", strict: false).Maps("targets"));
            }
        }

        return targets.Count > 0
            ? new ValueAddTransformer(value.Length > 0 ? value : files.DirectoryName, [.. targets.Select(Target)])
            : throw reader.Fault("targets", "at least one is required");
    }

    private static ValueTarget Target(FieldReader target)
    {
        var (field, position) = (target.Text("fieldPath"), target.Number("filePathPosition"));
        if (field.Length == 0)
        {
            throw target.Fault("fieldPath", "is required");
        }

        if (position is < 0 or > int.MaxValue)
        {
            throw target.Fault("filePathPosition", "may not be negative");
        }

        try
        {
            return new ValueTarget(
                target.Map("selector") is { } selector ? new Selector(EntryReader.Target(selector)) : null, field, (int)position);
        }
        catch (FormatException e)
        {
            throw target.Fault("selector", e.Message);
        }
    }
}

/// <summary>Puts a value into fields, or into the file path that they hold.</summary>
internal sealed class ValueAddTransformer(string value, IReadOnlyList<ValueTarget> targets) : ITransformer
{
    public void Transform(ResourceSet set)
    {
        foreach (var target in targets)
        {
            foreach (var resource in set.Items.Where(resource => target.Select?.Matches(resource) ?? true))
            {
                if (target.Field == "metadata/namespace")
                {
                    new NamespaceTransformer(value, []).Move(resource);
                    continue;
                }

                FieldWalker.Apply(resource, new FieldSpec(target.Field, Create: true), () => "", existing => existing is JsonValue
                    ? Insert(JsonNodes.ScalarText(existing)!, target.PathPosition)
                    : throw resource.Fault("a value can only be put into a scalar", target.Field));
            }
        }

        set.IdsChanged();
    }

    private string Insert(string existing, int position)
    {
        if (position == 0)
        {
            return value;
        }

        // The empty part before the first slash of an absolute path does not count.
        List<string> parts = existing.Length == 0 ? [] : [.. existing.Split('/')];
        var at = Math.Min(position - 1, parts.Count);
        if (parts.Count > 0 && parts[0].Length == 0 && at < parts.Count)
        {
            at++;
        }

        parts.Insert(at, value);
        return string.Join('/', parts);
    }
}

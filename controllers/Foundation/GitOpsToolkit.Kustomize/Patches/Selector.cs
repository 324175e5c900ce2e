using System.Text.RegularExpressions;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Patches;

/// <summary>
/// Which objects a patch is for. Group, version, kind, name and namespace are regular expressions that must match as a whole;
/// name and namespace match the object as it was read or as it is now. Empty fields match everything.
/// </summary>
public sealed record PatchTarget
{
    /// <summary>The API group.</summary>
    public string Group { get; init; } = "";

    /// <summary>The API version.</summary>
    public string Version { get; init; } = "";

    /// <summary>The kind.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The namespace.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>A label selector over the labels, such as <c>app=web,tier in (a,b)</c>.</summary>
    public string LabelSelector { get; init; } = "";

    /// <summary>A label selector over the annotations.</summary>
    public string AnnotationSelector { get; init; } = "";
}

/// <summary>A <see cref="PatchTarget"/> made ready to match.</summary>
internal sealed class Selector
{
    private readonly Regex? _group;
    private readonly Regex? _version;
    private readonly Regex? _kind;
    private readonly Regex? _name;
    private readonly Regex? _namespace;
    private readonly LabelSelector _labels;
    private readonly LabelSelector _annotations;

    /// <exception cref="FormatException">A field is no regular expression, or no label selector; the message names it.</exception>
    internal Selector(PatchTarget target)
    {
        _group = Anchored(target.Group, "group");
        _version = Anchored(target.Version, "version");
        _kind = Anchored(target.Kind, "kind");
        _name = Anchored(target.Name, "name");
        _namespace = Anchored(target.Namespace, "namespace");
        _labels = Patches.LabelSelector.Parse(target.LabelSelector);
        _annotations = Patches.LabelSelector.Parse(target.AnnotationSelector);
        HasMetadata = target.LabelSelector.Length > 0 || target.AnnotationSelector.Length > 0;
    }

    internal bool Matches(Resource resource)
    {
        var now = resource.Id;
        var original = resource.OriginalId;
        return (Is(_namespace, original.EffectiveNamespace) || Is(_namespace, now.EffectiveNamespace))
            && (Is(_name, original.Name) || Is(_name, now.Name))
            && Is(_group, now.Group) && Is(_version, now.Version) && Is(_kind, now.Kind)
            && _labels.Matches(resource.Labels)
            && _annotations.Matches(resource.Annotations);
    }

    /// <summary>Whether it asks for labels or annotations.</summary>
    internal bool HasMetadata { get; }

    /// <summary>Whether it asks for anything of the id.</summary>
    internal bool HasId => (_group ?? _version ?? _kind ?? _name ?? _namespace) is not null;

    internal bool MatchesMetadata(Resource resource) => _labels.Matches(resource.Labels) && _annotations.Matches(resource.Annotations);

    /// <summary>Matches one id as it is written: a namespace that is not given is empty.</summary>
    internal bool MatchesId(ResourceId id) =>
        Is(_group, id.Group) && Is(_version, id.Version) && Is(_kind, id.Kind) && Is(_name, id.Name) && Is(_namespace, id.Namespace);

    private static bool Is(Regex? pattern, string text) => pattern is null || pattern.IsMatch(text);

    private static Regex? Anchored(string pattern, string field)
    {
        if (pattern.Length == 0)
        {
            return null;
        }

        try
        {
            return LinearPattern.Of($"^(?:{pattern})$");
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"target.{field}: '{pattern}' is no regular expression that can be matched in linear time", e);
        }
    }
}

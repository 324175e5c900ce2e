using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Transformers;

/// <summary>One entry of <c>images</c>.</summary>
/// <param name="Name">The image to look for, without tag and digest; a regular expression, as kustomize reads it.</param>
/// <param name="NewName">The name to use instead; empty keeps it.</param>
/// <param name="NewTag">The tag to use instead; empty keeps it.</param>
/// <param name="Digest">The digest to use instead; empty keeps it.</param>
/// <param name="TagSuffix">Appended to the tag where neither a new tag nor a digest is given.</param>
public sealed record ImageOverride(string Name, string NewName = "", string NewTag = "", string Digest = "", string TagSuffix = "");

/// <summary>One entry of <c>images</c>: rewrites the images of containers wherever they stand, and of the fields that are configured.</summary>
internal sealed class ImageTransformer(ImageOverride image, IReadOnlyList<FieldSpec> fields) : ITransformer
{
    public void Transform(ResourceSet set)
    {
        if (Pattern(image.Name) is not { } pattern)
        {
            return;
        }

        JsonNode? Update(JsonNode? value) =>
            JsonNodes.ScalarText(value) is { } text && pattern.IsMatch(text) ? Rewrite(text, image) : value;

        foreach (var resource in set.Items)
        {
            if (resource.Kind == "CustomResourceDefinition")
            {
                continue;
            }

            VisitContainers(resource.Body, Update);
            foreach (var field in fields)
            {
                FieldWalker.Apply(resource, field, newLeaf: null, value => value is JsonValue
                    ? Update(value)
                    : throw resource.Fault("an image must be a string", field.Path));
            }
        }
    }

    /// <summary>Splits an image into name, tag and digest; tag and digest may be empty.</summary>
    internal static (string Name, string Tag, string Digest) Split(string image)
    {
        var digest = "";
        var name = image;
        if (image.IndexOf('@') is var at and >= 0)
        {
            (name, digest) = (image[..at], image[(at + 1)..]);
        }

        var slash = Math.Max(name.IndexOf('/'), 0);
        var colon = name.IndexOf(':', slash);
        return colon < 0 ? (name, "", digest) : (name[..colon], name[(colon + 1)..], digest);
    }

    private static string Rewrite(string text, ImageOverride image)
    {
        var (name, tag, digest) = Split(text);
        name = image.NewName.Length > 0 ? image.NewName : name;
        if (image.NewTag.Length > 0 || image.Digest.Length > 0)
        {
            (tag, digest) = (image.NewTag, image.Digest);
        }
        else if (image.TagSuffix.Length > 0)
        {
            (tag, digest) = (tag + image.TagSuffix, "");
        }

        return name + (tag.Length > 0 ? $":{tag}" : "") + (digest.Length > 0 ? $"@{digest}" : "");
    }

    private static Regex? Pattern(string name)
    {
        try
        {
            return LinearPattern.Of($"^{name}(:[a-zA-Z0-9_.{{}}-]*)?(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{{}}-]*)?$");
        }
        catch (ArgumentException)
        {
            return null; // A name that is no valid expression matches nothing.
        }
        catch (NotSupportedException)
        {
            return null; // Nor does one that only a backtracking engine could match.
        }
    }

    private static void VisitContainers(JsonNode? node, Func<JsonNode?, JsonNode?> update)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (var item in list)
                {
                    VisitContainers(item, update);
                }

                return;
            case JsonObject map:
                foreach (var (key, value) in map)
                {
                    VisitContainers(value, update);
                    if (key is "containers" or "initContainers" && value is JsonArray containers)
                    {
                        UpdateAll(containers, update);
                    }
                }

                return;
        }
    }

    private static void UpdateAll(JsonArray containers, Func<JsonNode?, JsonNode?> update)
    {
        foreach (var container in containers.OfType<JsonObject>())
        {
            if (container["image"] is JsonValue value && update(value) is var updated && !ReferenceEquals(updated, value))
            {
                container["image"] = updated;
            }
        }
    }
}

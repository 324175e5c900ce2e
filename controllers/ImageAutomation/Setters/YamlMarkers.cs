using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Controllers.ImageAutomation.Setters;

/// <summary>Finds the markers in the comments of a parsed file.</summary>
internal sealed class YamlMarkers(string file, string text, IReadOnlyList<YamlScalarDocument> documents)
{
    internal FoundMarkers Find()
    {
        if (ListItemWithoutMetadata() is { } item)
        {
            var problem = $"item {item} of the List has no metadata; give it a name or take the List apart";
            return new FoundMarkers
            {
                Problem = new UnresolvedMarker(file, documents[0].Start.Line, "", problem) { Reason = UnresolvedReason.Unparsable },
                IsMalformedList = true,
            };
        }

        var sites = new List<MarkerSite>();
        foreach (var document in documents)
        {
            foreach (var scalar in document.Scalars)
            {
                if (scalar.Comment is { } comment && MarkerComment.Read(comment) is { Count: > 0 } setters)
                {
                    sites.Add(Site(document, scalar, setters));
                }
            }
        }

        return new FoundMarkers { Sites = sites };
    }

    /// <summary>A value of a text, with how another one is written in its place.</summary>
    internal MarkerSite Site(YamlScalarDocument document, YamlScalar scalar, IReadOnlyList<string> setters) => new()
    {
        Line = scalar.Position.Line,
        Pointer = scalar.Pointer,
        Setters = setters,

        // The line ends that close a block scalar belong to the block, not to the image.
        Present = scalar.Style is YamlScalarStyle.Literal or YamlScalarStyle.Folded ? scalar.Value.TrimEnd('\n') : scalar.Value,
        Problem = document.Root == YamlRootKind.Map
            ? null
            : $"markers work in documents whose root is a map, this one is a {(document.Root == YamlRootKind.List ? "list" : "single value")}",
        Render = value =>
        {
            var (start, end, written) = ScalarEdits.Render(text, new ScalarEdit(scalar, value));
            return new SiteEdit(start, end, written);
        },
        Object = () => Identify(document, scalar.Pointer),
    };

    /// <summary>The object of a document; in a file that is one List, the item that the scalar stands in.</summary>
    private ObjectId Identify(YamlScalarDocument document, string pointer)
    {
        var root = "";
        if (IsList && pointer.StartsWith("/items/", StringComparison.Ordinal))
        {
            var end = pointer.IndexOf('/', "/items/".Length);
            root = end < 0 ? pointer : pointer[..end];
        }

        string At(string path) => document.ValueAt(root + path) ?? "";
        return new ObjectId(At("/apiVersion"), At("/kind"), At("/metadata/namespace"), At("/metadata/name"));
    }

    /// <summary>A file of one document of kind List stands for its items, as for kyaml.</summary>
    private bool IsList => documents.Count == 1 && documents[0].ValueAt("/kind") is "List" or "ResourceList";

    private int? ListItemWithoutMetadata()
    {
        if (!IsList)
        {
            return null;
        }

        var items = documents[0].Scalars.Where(scalar => scalar.Pointer.StartsWith("/items/", StringComparison.Ordinal))
            .GroupBy(scalar => scalar.Pointer.Split('/')[2], StringComparer.Ordinal);
        var bad = items.FirstOrDefault(item =>
            !item.Any(scalar => scalar.Pointer.StartsWith($"/items/{item.Key}/metadata/", StringComparison.Ordinal)));
        return bad is null ? null : int.Parse(bad.Key, System.Globalization.CultureInfo.InvariantCulture);
    }
}

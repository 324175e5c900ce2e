using System.Text;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Controllers.ImageAutomation.Setters;

/// <summary>The markers of one parsed file.</summary>
internal sealed class FileEdit(string file, string text, IReadOnlyList<YamlScalarDocument> documents, SetterValues values)
{
    private readonly List<ScalarEdit> _edits = [];
    private readonly List<SetterChange> _changes = [];
    private readonly List<UnresolvedMarker> _unresolved = [];
    private int _found;
    private int _upToDate;

    internal FileResult Run()
    {
        if (ListItemWithoutMetadata() is { } item)
        {
            var problem = $"item {item} of the List has no metadata; give it a name or take the List apart";
            var marker = new UnresolvedMarker(file, documents[0].Start.Line, "", problem);
            return new FileResult { File = file, Unresolved = [marker], IsMalformedList = true };
        }

        foreach (var document in documents)
        {
            foreach (var scalar in document.Scalars)
            {
                Visit(document, scalar);
            }
        }

        return new FileResult
        {
            File = file,
            Content = _edits.Count == 0 ? null : Encoding.UTF8.GetBytes(ScalarEdits.Apply(text, _edits)),
            Found = _found,
            UpToDate = _upToDate,
            Changes = _changes,
            Unresolved = _unresolved,
        };
    }

    private void Visit(YamlScalarDocument document, YamlScalar scalar)
    {
        if (scalar.Comment is not { } comment || MarkerComment.Read(comment) is not { Count: > 0 } setters)
        {
            return;
        }

        _found++;
        if (document.Root != YamlRootKind.Map)
        {
            var root = document.Root == YamlRootKind.List ? "list" : "single value";
            _unresolved.Add(new UnresolvedMarker(file, scalar.Position.Line, setters[0],
                $"markers work in documents whose root is a map, this one is a {root}"));
            return;
        }

        var setter = setters.FirstOrDefault(candidate => values.TryGet(candidate, out _));
        if (setter is null || !values.TryGet(setter, out var value))
        {
            _unresolved.Add(new UnresolvedMarker(file, scalar.Position.Line, setters[0], values.Explain(setters[0])));
            return;
        }

        if (values.IsDue(setter))
        {
            Set(document, scalar, setter, value);
        }
        else
        {
            _upToDate++;
        }
    }

    private void Set(YamlScalarDocument document, YamlScalar scalar, string setter, string value)
    {
        // The line ends that close a block scalar belong to the block, not to the image.
        var present = scalar.Style is YamlScalarStyle.Literal or YamlScalarStyle.Folded ? scalar.Value.TrimEnd('\n') : scalar.Value;
        if (present == value)
        {
            _upToDate++;
            return;
        }

        var edit = new ScalarEdit(scalar, value);
        try
        {
            var (start, end, written) = ScalarEdits.Render(text, edit);
            if (text.AsSpan(start, end - start).SequenceEqual(written))
            {
                // White space behind a block scalar counts into its value but is not ours to touch.
                _upToDate++;
                return;
            }
        }
        catch (ArgumentException error)
        {
            _unresolved.Add(new UnresolvedMarker(file, scalar.Position.Line, setter, error.Message));
            return;
        }

        _edits.Add(edit);
        _changes.Add(new SetterChange(file, scalar.Position.Line, Identify(document, scalar.Pointer), setter, present, value));
    }

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

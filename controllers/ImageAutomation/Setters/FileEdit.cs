using System.Text;

namespace GitOpsToolkit.Controllers.ImageAutomation.Setters;

/// <summary>Decides on the markers of one file, one by one, and puts together what the file becomes.</summary>
internal sealed class FileEdit(string file, string text, SetterValues values)
{
    private readonly List<SiteEdit> _edits = [];
    private readonly List<SetterChange> _changes = [];
    private readonly List<UnresolvedMarker> _unresolved = [];
    private int _found;
    private int _upToDate;

    internal FileResult Run(FoundMarkers markers)
    {
        if (markers.Problem is { } problem)
        {
            _found++;
            _unresolved.Add(problem);
        }

        foreach (var site in markers.Sites)
        {
            Visit(site);
        }

        return new FileResult
        {
            File = file,
            Content = _edits.Count == 0 ? null : Encoding.UTF8.GetBytes(Splice()),
            Found = _found,
            UpToDate = _upToDate,
            Changes = _changes,
            Unresolved = _unresolved,
            IsMalformedList = markers.IsMalformedList,
        };
    }

    private void Visit(MarkerSite site)
    {
        _found++;
        var decision = values.Decide(site.Setters, site.Present, site.Problem);
        switch (decision.Kind)
        {
            case SetterDecisionKind.Unresolved:
                _unresolved.Add(new UnresolvedMarker(file, site.Line, decision.Setter, decision.Text) { Reason = decision.Reason });
                break;
            case SetterDecisionKind.Change:
                Set(site, decision.Setter, decision.Text);
                break;
            default:
                _upToDate++;
                break;
        }
    }

    private void Set(MarkerSite site, string setter, string value)
    {
        SiteEdit edit;
        try
        {
            edit = site.Render(value);
        }
        catch (ArgumentException error)
        {
            _unresolved.Add(new UnresolvedMarker(file, site.Line, setter, error.Message) { Reason = UnresolvedReason.IllegalPlace });
            return;
        }

        if (text.AsSpan(edit.Start, edit.End - edit.Start).SequenceEqual(edit.Written))
        {
            // White space behind a block scalar counts into its value but is not ours to touch.
            _upToDate++;
            return;
        }

        _edits.Add(edit);
        _changes.Add(new SetterChange(file, site.Line, site.Object(), setter, site.Present, value) { Pointer = site.Pointer });
    }

    private string Splice()
    {
        var result = new StringBuilder(text.Length + 64);
        var at = 0;
        foreach (var edit in _edits.OrderBy(edit => edit.Start))
        {
            result.Append(text, at, edit.Start - at).Append(edit.Written);
            at = edit.End;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }
}

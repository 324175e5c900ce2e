using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageAutomation.Updates;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;

namespace GitOpsToolkit.Controllers.ImageAutomation;

/// <summary>
/// Tells of the markers: how many there are and what became of them in the status; of those that nothing could be done about by the condition
/// <c>MarkersResolved</c>=False, and by one warning event each time that their list changes. Ready is not touched: other markers are up to date.
/// </summary>
internal static class MarkerReport
{
    /// <summary>The condition's type; it is absent while all markers are resolved.</summary>
    internal const string Condition = "MarkersResolved";

    private const string Reason = "UnresolvedMarkers";
    private const int Shown = 10;
    private const int Listed = 50;

    internal static void Report(Scope<ImageUpdateAutomation, ImageUpdateAutomationStatus> scope, TreeUpdate update)
    {
        var before = scope.Status.Markers;
        var now = Describe(before, update);
        scope.Status = scope.Status with { Markers = now };
        if (update.Unresolved.Count == 0)
        {
            scope.Conditions.Remove(Condition);
            return;
        }

        var named = string.Join("; ", update.Unresolved.Take(Shown));
        var more = update.Unresolved.Count > Shown ? $"; and {update.Unresolved.Count - Shown} more" : "";
        var message = $"{update.Unresolved.Count} of {update.Found} markers unresolved: {named}{more}";
        scope.Conditions.SetFalse(Condition, Reason, message);
        if (before is null || before.Unresolved != now.Unresolved || !before.Problems.SequenceEqual(now.Problems))
        {
            scope.Event(EventType.Warning, Reason, message);
        }
    }

    /// <summary>What the status says. A run that changes nothing and meets the same markers says what was said before: else each commit would be told of twice.</summary>
    internal static MarkerStatus Describe(MarkerStatus? before, TreeUpdate update)
    {
        var now = new MarkerStatus
        {
            Found = update.Found,
            Changed = update.Changes.Count(),
            UpToDate = update.UpToDate,
            Unresolved = update.Unresolved.Count,
            Problems = [.. update.Unresolved.Take(Listed).Select(marker => new UnresolvedMarkerStatus
            {
                File = marker.File,
                Line = marker.Line,
                Setter = marker.Setter.Length == 0 ? null : marker.Setter,
                Reason = marker.Reason.ToString(),
                Message = marker.Problem,
            })],
        };
        var isSame = before is not null && now.Changed == 0 && now.Found == before.Found && now.Unresolved == before.Unresolved
            && now.Problems.SequenceEqual(before.Problems);
        return isSame ? before! : now;
    }
}

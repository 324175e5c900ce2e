using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageAutomation.Updates;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;

namespace GitOpsToolkit.Controllers.ImageAutomation;

/// <summary>
/// Tells of markers that nothing could be done about: the condition <c>MarkersResolved</c>=False while there are any, and one warning
/// event each time that their
/// list changes. Ready is not touched: other markers are up to date.
/// </summary>
internal static class MarkerReport
{
    /// <summary>The condition's type; it is absent while all markers are resolved.</summary>
    internal const string Condition = "MarkersResolved";

    private const string Reason = "UnresolvedMarkers";
    private const int Shown = 10;

    internal static void Report(Scope<ImageUpdateAutomation, ImageUpdateAutomationStatus> scope, TreeUpdate update)
    {
        if (update.Unresolved.Count == 0)
        {
            scope.Conditions.Remove(Condition);
            return;
        }

        var named = string.Join("; ", update.Unresolved.Take(Shown));
        var more = update.Unresolved.Count > Shown ? $"; and {update.Unresolved.Count - Shown} more" : "";
        var files = update.Unresolved.Count(marker => marker.Setter.Length == 0);
        var message = $"{update.Unresolved.Count} of {update.Found + files} markers unresolved: {named}{more}";
        var before = scope.Conditions.Find(Condition)?.Message;
        scope.Conditions.SetFalse(Condition, Reason, message);
        if (before != message)
        {
            scope.Event(EventType.Warning, Reason, message);
        }
    }
}

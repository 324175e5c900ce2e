using GitOpsToolkit.Api.Meta;

namespace GitOpsToolkit.Controllers.Kustomize;

/// <summary>The last five states in a status, newest first.</summary>
internal static class History
{
    private const int Length = 5;

    /// <summary>Notes the outcome of a state: a known one (same digest and outcome) is counted up and moved to the front.</summary>
    internal static IReadOnlyList<Snapshot> With(
        IReadOnlyList<Snapshot> history, string digest, string status, DateTimeOffset began, DateTimeOffset now, SourceArtifact source)
    {
        var known = history.FirstOrDefault(snapshot => snapshot.Digest == digest && snapshot.LastReconciledStatus == status);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["revision"] = source.Revision };
        if (source.OriginRevision is { } origin)
        {
            metadata["originRevision"] = origin;
        }

        var snapshot = new Snapshot
        {
            Digest = digest,
            FirstReconciled = known?.FirstReconciled ?? now,
            LastReconciled = now,
            LastReconciledDuration = GoDuration.From(now - began),
            LastReconciledStatus = status,
            TotalReconciliations = (known?.TotalReconciliations ?? 0) + 1,
            Metadata = metadata,
        };
        return [.. history.Where(entry => !ReferenceEquals(entry, known)).Prepend(snapshot).Take(Length)];
    }

    /// <summary>Notes a failure once: the same one again and again is no news.</summary>
    internal static IReadOnlyList<Snapshot> WithFailure(
        IReadOnlyList<Snapshot> history, string digest, string status, DateTimeOffset began, DateTimeOffset now, SourceArtifact source) =>
        history is [{ } latest, ..] && latest.Digest == digest && latest.LastReconciledStatus == status
            ? history
            : With(history, digest, status, began, now, source);
}

namespace GitOpsToolkit.Sandbox.Machinery.Apply;

/// <summary>A field that somebody else owns.</summary>
internal sealed record ApplyConflict(ManagerKey Owner, string[] Path);

/// <summary>The conflicts of an apply that was not forced.</summary>
internal sealed class ApplyConflicts(IReadOnlyList<ApplyConflict> conflicts) : Exception
{
    public IReadOnlyList<ApplyConflict> Conflicts { get; } =
        [.. conflicts.OrderBy(c => c.Owner.Manager, StringComparer.Ordinal)];

    /// <summary>The server's 409.</summary>
    public StatusException ToStatus()
    {
        var causes = Conflicts.Select(c => new StatusCause(
            "FieldManagerConflict", $"conflict with {c.Owner.Display()}", PathElements.Display(c.Path))).ToList();
        if (Conflicts is [var only])
        {
            return StatusException.ApplyConflict(
                $"Apply failed with 1 conflict: conflict with {only.Owner.Display()}: {PathElements.Display(only.Path)}", causes);
        }

        var lines = Conflicts.GroupBy(c => c.Owner)
            .SelectMany(owner => owner.Select(c => $"- {PathElements.Display(c.Path)}").Prepend($"conflicts with {owner.Key.Display()}:"));
        return StatusException.ApplyConflict($"Apply failed with {Conflicts.Count} conflicts: {string.Join('\n', lines)}", causes);
    }
}

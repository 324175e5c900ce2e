namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>What runs share.</summary>
/// <param name="Editor">Edits trees.</param>
/// <param name="Journal">Notes pushes.</param>
/// <param name="Locks">Keeps runs on one branch apart.</param>
/// <param name="Windows">Tells when elections have settled.</param>
/// <param name="Time">The clock.</param>
/// <param name="Random">Spreads retries; used under a lock.</param>
/// <param name="Options">The flags.</param>
internal sealed record UpdateServices(
    TreeEditor Editor, PushJournal Journal, BranchLocks Locks, SettleWindows Windows, TimeProvider Time, Random Random, ImageAutomationOptions Options);

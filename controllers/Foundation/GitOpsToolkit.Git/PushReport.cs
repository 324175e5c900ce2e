using System.Text.RegularExpressions;

namespace GitOpsToolkit.Git;

/// <summary>Reads what <c>git push --porcelain</c> says of each reference.</summary>
internal static partial class PushReport
{
    private const int MaxMessage = 2000;
    private static readonly string[] s_lostRaces =
    [
        "stale info", "fetch first", "non-fast-forward", "needs force", "cannot lock ref", "failed to update ref", "incorrect old value", "failed to lock",
        "remote ref updated since checkout",
    ];

    /// <summary>The outcomes in the order of the commands; null where git said nothing of one of them: the push did not get that far.</summary>
    public static IReadOnlyList<PushOutcome>? Read(IReadOnlyList<PushCommand> commands, string output, string error)
    {
        var lines = output.Split('\n').Select(line => line.Split('\t')).Where(parts => parts.Length >= 3 && parts[0].Length == 1);
        var byName = lines.ToDictionary(parts => parts[1][(parts[1].IndexOf(':') + 1)..], parts => parts, StringComparer.Ordinal);
        var outcomes = new List<PushOutcome>();
        foreach (var command in commands)
        {
            if (!byName.TryGetValue(command.RefName, out var parts))
            {
                return null;
            }

            outcomes.Add(parts[0] switch
            {
                "!" => Rejected(command.RefName, parts[2], error),
                "=" => new PushOutcome(command.RefName, PushResult.UpToDate),
                _ => new PushOutcome(command.RefName, PushResult.Pushed),
            });
        }

        return outcomes;
    }

    private static PushOutcome Rejected(string refName, string summary, string error)
    {
        var lost = s_lostRaces.Any(text => summary.Contains(text, StringComparison.OrdinalIgnoreCase));
        var remote = error.Split('\n')
            .Where(line => line.StartsWith("remote:", StringComparison.Ordinal))
            .Select(line => line["remote:".Length..].Trim())
            .Where(line => line.Length > 0);
        var reason = Parentheses().Match(summary) is { Success: true } match ? match.Groups[1].Value : summary;
        var message = string.Join("; ", remote.Prepend(reason));
        message = string.Concat(message.Take(MaxMessage).Select(c => char.IsControl(c) ? ' ' : c));
        return new PushOutcome(refName, lost ? PushResult.RejectedNonFastForward : PushResult.RejectedByHook, message);
    }

    [GeneratedRegex(@"\((.*)\)\s*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Parentheses();
}

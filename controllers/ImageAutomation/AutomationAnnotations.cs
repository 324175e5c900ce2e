using System.Diagnostics.CodeAnalysis;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageAutomation.PullRequests;

namespace GitOpsToolkit.Controllers.ImageAutomation;

/// <summary>What is put into one commit.</summary>
public enum CommitScope
{
    /// <summary>All that a run changes.</summary>
    Run,

    /// <summary>What one policy changes.</summary>
    Policy,

    /// <summary>What the policies of one group change.</summary>
    Group,
}

/// <summary>How long new elections are waited for before a commit.</summary>
/// <param name="Quiet">No election may be newer than this.</param>
/// <param name="MaxWait">After this long since the first one it is not waited any more.</param>
public sealed record SettleRule(TimeSpan Quiet, TimeSpan MaxWait);

/// <summary>What the annotations of an ImageUpdateAutomation ask for beyond its spec. Without any, a run is Flux's.</summary>
public sealed record AutomationAnnotations
{
    /// <summary><c>quiet=60s,maxWait=10m</c>: elections are committed once they have settled. maxWait may be left out: ten times quiet.</summary>
    public const string SettleKey = WellKnown.ToolkitAnnotationPrefix + "settle";

    /// <summary><c>run</c>, <c>policy</c> or <c>group</c>: what is put into one commit.</summary>
    public const string CommitPerKey = WellKnown.ToolkitAnnotationPrefix + "commit-per";

    /// <summary>Changes are offered by pull requests; see <see cref="PullRequests.PullRequestRule"/>.</summary>
    public const string PullRequestKey = WellKnown.ToolkitAnnotationPrefix + "pull-request";

    /// <summary>On an ImagePolicy: the group that it is committed with; without one it is a group of its own.</summary>
    public const string GroupKey = WellKnown.ToolkitAnnotationPrefix + "group";

    private const int WaitsOfQuiet = 10;

    private static readonly string[] Keys = [SettleKey, CommitPerKey, PullRequestKey];

    /// <summary>See <see cref="SettleKey"/>; null: at once.</summary>
    public SettleRule? Settle { get; init; }

    /// <summary>See <see cref="CommitPerKey"/>.</summary>
    public CommitScope CommitPer { get; init; }

    /// <summary>See <see cref="PullRequestKey"/>; null: changes are pushed to the branch.</summary>
    public PullRequestRule? PullRequest { get; init; }

    /// <summary>Reads the annotations of an object.</summary>
    /// <param name="annotations">All of its annotations; others than these are passed over.</param>
    /// <param name="read">What they ask for, or null.</param>
    /// <param name="error">Every annotation that is wrong, why, and what it may be; or null.</param>
    public static bool TryRead(
        IReadOnlyDictionary<string, string> annotations, [NotNullWhen(true)] out AutomationAnnotations? read, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        var errors = new List<string>();
        read = new AutomationAnnotations
        {
            Settle = annotations.TryGetValue(SettleKey, out var settle) ? ReadSettle(settle, errors) : null,
            CommitPer = annotations.TryGetValue(CommitPerKey, out var scope) ? ReadScope(scope, errors) : CommitScope.Run,
            PullRequest = annotations.TryGetValue(PullRequestKey, out var request) ? ReadPullRequest(request, errors) : null,
        };
        error = errors.Count == 0 ? null : string.Join("; ", errors);
        return error is null;
    }

    /// <summary>Whether two sets of annotations ask for different things here.</summary>
    internal static bool Differ(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        Keys.Any(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key));

    private static SettleRule? ReadSettle(string text, List<string> errors)
    {
        TimeSpan? quiet = null, maxWait = null;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var (name, value) = part.Split('=', 2) is [var left, var right] ? (left.Trim(), right.Trim()) : (part, "");
            if (name is not ("quiet" or "maxWait") || (name == "quiet" ? quiet : maxWait) is not null)
            {
                errors.Add($"annotation {SettleKey}: '{part}' is neither quiet=DURATION nor maxWait=DURATION, each at most once");
                return null;
            }

            if (!GoDuration.TryParse(value, out var duration, out var problem) || duration.Nanoseconds <= 0)
            {
                errors.Add($"annotation {SettleKey}: '{value}' is no duration such as 60s: {problem ?? "it is not above zero"}");
                return null;
            }

            if (name == "quiet")
            {
                quiet = duration.ToTimeSpan();
            }
            else
            {
                maxWait = duration.ToTimeSpan();
            }
        }

        if (quiet is null)
        {
            errors.Add($"annotation {SettleKey}: quiet is missing, as in quiet=60s,maxWait=10m");
            return null;
        }

        if (maxWait < quiet)
        {
            errors.Add($"annotation {SettleKey}: maxWait is shorter than quiet");
            return null;
        }

        return new SettleRule(quiet.Value, maxWait ?? quiet.Value * WaitsOfQuiet);
    }

    private static PullRequestRule? ReadPullRequest(string text, List<string> errors)
    {
        if (!PullRequestRule.TryRead(text, out var rule, out var problem))
        {
            errors.Add($"annotation {PullRequestKey}: {problem}");
        }

        return rule;
    }

    private static CommitScope ReadScope(string text, List<string> errors)
    {
        switch (text)
        {
            case "run":
                return CommitScope.Run;
            case "policy":
                return CommitScope.Policy;
            case "group":
                return CommitScope.Group;
            default:
                errors.Add($"annotation {CommitPerKey}: '{text}' is neither run nor policy nor group");
                return CommitScope.Run;
        }
    }
}

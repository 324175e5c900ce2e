using System.Diagnostics.CodeAnalysis;
using GitOpsToolkit.PullRequests;

namespace GitOpsToolkit.Controllers.ImageAutomation.PullRequests;

/// <summary>
/// What the annotation <see cref="AutomationAnnotations.PullRequestKey"/> asks for: changes are offered by pull requests, not pushed to the
/// branch. It is a list of <c>NAME=VALUE</c> with commas or line breaks between; a value with a comma stands in double quotes.
/// </summary>
public sealed record PullRequestRule
{
    private static readonly string[] s_names = ["api", "base", "branch", "host", "labels", "secretRef", "title"];

    /// <summary><c>host</c>: which API the host speaks; null: told by the repository's URL.</summary>
    public GitHost? Host { get; init; }

    /// <summary><c>api</c>: the API's address; null: told by the repository's URL.</summary>
    public Uri? Api { get; init; }

    /// <summary><c>branch</c>: the branch of a policy's changes; policies with the same one share a pull request. Null: by what a commit holds.</summary>
    public NameTemplate? Branch { get; init; }

    /// <summary><c>base</c>: the branch that changes are offered to; null: the one that is checked out.</summary>
    public string? Base { get; init; }

    /// <summary><c>title</c>: the pull request's title; null: it names the policies and versions.</summary>
    public NameTemplate? Title { get; init; }

    /// <summary><c>labels</c>: labels with semicolons between.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary><c>secretRef</c>: a secret of the automation's namespace with the token for the API; null: the repository's credentials.</summary>
    public string? SecretRef { get; init; }

    /// <summary>Reads the annotation.</summary>
    /// <param name="text">Its value; empty: everything by default.</param>
    /// <param name="rule">What it asks for, or null.</param>
    /// <param name="error">What is wrong in it and what it may be; or null.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out PullRequestRule? rule, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        var read = new PullRequestRule();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        rule = null;
        foreach (var part in Split(text))
        {
            var (name, value) = part.Split('=', 2) is [var left, var right] ? (left.Trim(), Unquoted(right.Trim())) : (part, "");
            error = !s_names.Contains(name, StringComparer.Ordinal) ? $"'{name}' is none of {string.Join(", ", s_names)}"
                : !seen.Add(name) ? $"{name} is given twice"
                : value.Length == 0 ? $"{name} has no value, as in {name}=…"
                : null;
            if (error is not null || !read.TryAdd(name, value, out read, out error))
            {
                return false;
            }
        }

        error = null;
        rule = read;
        return true;
    }

    /// <summary>The template of branches: the given one, or one that has as many branches as there are commits.</summary>
    internal NameTemplate BranchFor(CommitScope scope) => Branch ?? scope switch
    {
        CommitScope.Policy => NameTemplate.Parse("gitops/{namespace}-{automation}-{policy}"),
        CommitScope.Group => NameTemplate.Parse("gitops/{namespace}-{automation}-{group}"),
        _ => NameTemplate.Parse("gitops/{namespace}-{automation}"),
    };

    private static bool Fits(string text) => text.All(c => !char.IsControl(c));

    private bool TryAdd(string name, string value, out PullRequestRule rule, [NotNullWhen(false)] out string? error)
    {
        rule = this;
        error = null;
        switch (name)
        {
            case "host":
                error = GitHosts.TryParse(value, out var host) ? null : $"host '{value}' is none of {string.Join(", ", GitHosts.Names)}";
                rule = this with { Host = host };
                break;
            case "api":
                error = Uri.TryCreate(value, UriKind.Absolute, out var api) && api.Scheme is "http" or "https" ? null : $"api '{value}' is no http or https URL";
                rule = this with { Api = api };
                break;
            case "branch":
                error = NameTemplate.TryParse(value, out var branch, out var problem) ? BranchProblem(branch) : $"branch {problem}";
                rule = this with { Branch = branch };
                break;
            case "title":
                error = NameTemplate.TryParse(value, out var title, out problem) ? null : $"title {problem}";
                rule = this with { Title = title };
                break;
            case "base":
                error = Git.RefNames.IsFullName(Git.RefNames.Heads + value) ? null : $"base '{value}' is no branch name";
                rule = this with { Base = value };
                break;
            case "labels":
                rule = this with { Labels = [.. value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)] };
                error = Fits(value) ? null : "labels hold control characters";
                break;
            default:
                error = value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.') ? null : $"secretRef '{value}' is no name of a Secret";
                rule = this with { SecretRef = value };
                break;
        }

        return error is null;
    }

    /// <summary>A version belongs to one policy; and what is around the placeholders must make a branch.</summary>
    private static string? BranchProblem(NameTemplate branch)
    {
        if (branch.Uses("version") && !branch.Uses("policy"))
        {
            return "branch has {version} without {policy}: a branch of several policies has no version";
        }

        var example = branch.RenderBranch(new NameValues("ns", "auto", "policy", "group", "1.0.0"));
        return Git.RefNames.IsFullName(Git.RefNames.Heads + example) && example[0] != '-' ? null : $"branch '{branch}' makes no branch name, but for example '{example}'";
    }

    private static string Unquoted(string value) => value is ['"', .. var inner, '"'] ? inner.Trim() : value;

    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        var (start, quoted) = (0, false);
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            quoted ^= c == '"';
            if (i == text.Length || (!quoted && c is ',' or '\n'))
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
        }

        parts.RemoveAll(part => part.Length == 0);
        return parts;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.Controllers.ImageAutomation.PullRequests;

/// <summary>What placeholders stand for.</summary>
/// <param name="Namespace">The automation's namespace.</param>
/// <param name="Automation">The automation's name.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="Group">The policy's group; without one its name.</param>
/// <param name="Version">The elected version.</param>
public sealed record NameValues(string Namespace, string Automation, string Policy, string Group, string Version);

/// <summary>A text with the placeholders <c>{namespace}</c>, <c>{automation}</c>, <c>{policy}</c>, <c>{group}</c> and <c>{version}</c>.</summary>
public sealed partial class NameTemplate
{
    private static readonly string[] s_placeholders = ["namespace", "automation", "policy", "group", "version"];

    private readonly string text;

    private NameTemplate(string text) => this.text = text;

    /// <summary>Reads a template.</summary>
    /// <param name="text">The text.</param>
    /// <param name="template">The template, or null.</param>
    /// <param name="error">Which placeholder is unknown; or null.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out NameTemplate? template, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rest = Placeholder().Replace(text, match => s_placeholders.Contains(match.Groups[1].Value, StringComparer.Ordinal) ? "" : match.Value);
        error = rest.AsSpan().IndexOfAny('{', '}') < 0 && !text.Any(char.IsControl)
            ? null
            : $"'{text}' has a placeholder that is none of {string.Join(", ", s_placeholders.Select(name => $"{{{name}}}"))}";
        template = error is null ? new NameTemplate(text) : null;
        return error is null;
    }

    /// <inheritdoc/>
    public override string ToString() => text;

    internal static NameTemplate Parse(string text) => TryParse(text, out var template, out var error) ? template : throw new FormatException(error);

    internal bool Uses(string placeholder) => text.Contains($"{{{placeholder}}}", StringComparison.Ordinal);

    /// <summary>The text for one policy.</summary>
    internal string Render(NameValues values) => Render(values, value => value);

    /// <summary>The text as a branch: in values what no branch has becomes a hyphen, so that no value makes a branch of another shape.</summary>
    internal string RenderBranch(NameValues values) => Render(values, ForBranch);

    private static string ForBranch(string value)
    {
        var clean = new StringBuilder();
        foreach (var c in value)
        {
            var fits = char.IsAsciiLetterOrDigit(c) || c is '_' or '-' || (c == '.' && clean.Length > 0 && clean[^1] != '.');
            clean.Append(fits ? c : '-');
        }

        var part = clean.ToString().TrimEnd('.');
        return part.EndsWith(".lock", StringComparison.Ordinal) ? part[..^5] + "-lock" : part.Length > 0 ? part : "-";
    }

    private string Render(NameValues values, Func<string, string> clean) => Placeholder().Replace(text, match => clean(match.Groups[1].Value switch
    {
        "namespace" => values.Namespace,
        "automation" => values.Automation,
        "policy" => values.Policy,
        "group" => values.Group,
        _ => values.Version,
    }));

    [GeneratedRegex(@"\{([a-z]+)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}

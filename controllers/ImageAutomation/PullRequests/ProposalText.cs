using System.Globalization;
using System.Text;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.Controllers.ImageAutomation.Updates;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageAutomation.PullRequests;

/// <summary>The words of pull requests. They depend on what is offered alone, so that the same offer has the same words.</summary>
internal static class ProposalText
{
    private const int ShownInTitle = 3;
    private const int MaxRows = 100;

    /// <summary>The title: by the user's template, of which each placeholder names all policies that the request holds; else what is updated.</summary>
    internal static string Title(NameTemplate? template, ObjectKey automation, PolicySet set, IReadOnlyList<PolicyImage> due)
    {
        if (template is null)
        {
            return due.Count <= ShownInTitle
                ? "Update " + string.Join(", ", due.Select(image => $"{image.Policy} to {Short(image)}"))
                : string.Create(CultureInfo.InvariantCulture, $"Update {due.Count} images");
        }

        var values = due.Select(image => Proposal.ValuesOf(automation, set, image)).ToList();
        string Join(Func<NameValues, string> part) => string.Join(", ", values.Select(part).Distinct(StringComparer.Ordinal));
        return template.Render(new NameValues(
            automation.Namespace, automation.Name, Join(value => value.Policy), Join(value => value.Group), Join(value => value.Version)));
    }

    /// <summary>The description: every value that changes, from what to what, and what closing it means.</summary>
    internal static string Body(ObjectKey automation, TreeUpdate update)
    {
        var text = new StringBuilder();
        text.Append("| policy | file | from | to |\n|---|---|---|---|\n");
        var rows = update.Changes.OrderBy(change => change.Setter, StringComparer.Ordinal)
            .ThenBy(change => change.File, StringComparer.Ordinal).ThenBy(change => change.Line).ToList();
        foreach (var change in rows.Take(MaxRows))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| `{Cell(SetterValues.PolicyOf(change.Setter))}` | `{Cell(change.File)}` | `{Cell(change.OldValue)}` | `{Cell(change.NewValue)}` |\n");
        }

        if (rows.Count > MaxRows)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n… and {rows.Count - MaxRows} more.\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\nOpened by ImageUpdateAutomation `{automation}`. A newer version updates this pull request. ")
            .Append("Closing it without merging holds these versions; the next higher ones are offered again.\n");
        return text.ToString();
    }

    private static string Short(PolicyImage image) => image.Tag.Length > 0 ? image.Tag : image.Digest;

    /// <summary>A value within a table's cell and code marks.</summary>
    private static string Cell(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Replace("|", "\\|", StringComparison.Ordinal).Replace("`", "'", StringComparison.Ordinal);
}

using System.Globalization;
using System.Text;
using GitOpsToolkit.Controllers.ImageReflector.Policies;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Cli.Images;

/// <summary>Shows an explanation to people: the answer first, then the tags, the elected one on top and the refused ones by reason.</summary>
internal static class ExplainTable
{
    /// <summary>The text, with a line feed at its end.</summary>
    public static string Write(PolicyExplanation explanation)
    {
        var (election, verdicts) = explanation.Report;
        var text = new StringBuilder();
        var image = explanation.Image is { } name ? $" of {name}" : "";
        text.Append(CultureInfo.InvariantCulture, $"ImagePolicy {explanation.Policy}: ")
            .Append(election.Tag is { } tag ? $"elects {tag}{image}" : $"elects no tag{image}: {election.Error}").Append('\n');
        foreach (var note in explanation.Notes)
        {
            text.Append("note: ").Append(note).Append('\n');
        }

        // What the table counts is what it shows: tags that the ImageRepository excludes are among them.
        var groups = verdicts.GroupBy(verdict => verdict.Reason).Select(group => $"{group.Count()} {group.Key}");
        text.Append(CultureInfo.InvariantCulture, $"{verdicts.Count} tags: {string.Join(", ", groups.Order(StringComparer.Ordinal))}\n");
        if (verdicts.Count > 0)
        {
            text.Append('\n');
            Rows(text, [.. verdicts.OrderBy(Rank)]);
        }

        return text.ToString();
    }

    private static int Rank(TagVerdict verdict) => verdict.IsElected ? -2
        : Enum.TryParse<TagRefusal>(verdict.Reason, out var refusal) ? (int)refusal
        : verdict.Reason == "Outranked" ? -1
        : int.MaxValue;

    private static void Rows(StringBuilder text, TagVerdict[] verdicts)
    {
        var hasValues = verdicts.Any(verdict => verdict.Value != verdict.Tag);
        var hasTimes = verdicts.Any(verdict => verdict.FirstSeen is not null);
        List<string[]> rows = [["TAG", "VALUE", "FIRST SEEN", "RESULT", "WHY"]];
        rows.AddRange(verdicts.Select(verdict => new[]
        {
            verdict.Tag,
            verdict.Value,
            verdict.FirstSeen?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "-",
            verdict.Reason,
            verdict.IsElected ? "" : verdict.Message,
        }));
        int[] columns = [0, .. hasValues ? [1] : Array.Empty<int>(), .. hasTimes ? [2] : Array.Empty<int>(), 3, 4];
        var widths = columns.ToDictionary(column => column, column => rows.Max(row => row[column].Length));
        foreach (var row in rows)
        {
            text.Append(string.Join("   ", columns.Select(column => row[column].PadRight(widths[column]))).TrimEnd()).Append('\n');
        }
    }
}

using System.Text;
using GitOpsToolkit.ApiServerFidelity.Tests.Cases;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Comparing;

/// <summary>The differences of two transcripts, less those that are explained.</summary>
internal sealed class Comparison
{
    private readonly StringBuilder report = new();

    /// <param name="tried">The case.</param>
    /// <param name="shared">Explanations for all cases.</param>
    /// <param name="version">The reference server's version.</param>
    /// <param name="reference">Its answers, normalised.</param>
    /// <param name="sandbox">The sandbox's answers, normalised.</param>
    public Comparison(FidelityCase tried, IReadOnlyList<Explanation> shared, Version version, Transcript reference, Transcript sandbox)
    {
        Version = version;
        var own = tried.Explained.Where(e => e.AppliesTo(version)).ToList();
        var all = own.Concat(shared.Where(e => e.AppliesTo(version))).ToList();
        var used = new HashSet<Explanation>(ReferenceEqualityComparer.Instance);
        foreach (var (left, right) in reference.Answers.Zip(sandbox.Answers))
        {
            var open = new List<Difference>();
            foreach (var difference in Difference.Between(left.Content, right.Content))
            {
                var why = all.Where(e => e.Covers(left.Step, difference)).ToList();
                used.UnionWith(why);
                if (why.Count == 0)
                {
                    open.Add(difference);
                }
            }

            if (open.Count > 0)
            {
                Count += open.Count;
                report.Append("step ").Append(left.Step).Append(": ").AppendLine(left.Request);
                open.ForEach(d => report.Append("  ").AppendLine(d.ToString()));
            }
        }

        UsedShared = [.. shared.Where(used.Contains)];
        foreach (var idle in own.Where(e => !used.Contains(e)))
        {
            Count++;
            report.AppendLine($"the explanation is no longer needed, the answers agree there: {idle}");
        }
    }

    /// <summary>The reference server's version.</summary>
    public Version Version { get; }

    /// <summary>How many differences nobody explains; explanations of nothing count, too.</summary>
    public int Count { get; }

    /// <summary>The explanations for all cases that were needed here.</summary>
    public IReadOnlyList<Explanation> UsedShared { get; }

    /// <summary>The differences as people read them: "-" is the reference server, "+" the sandbox.</summary>
    public string Report => report.ToString();
}

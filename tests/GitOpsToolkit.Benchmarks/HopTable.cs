namespace GitOpsToolkit.Benchmarks;

/// <summary>Several runs over the same hops.</summary>
internal sealed class HopTable(string[] hops)
{
    private readonly Sample[] _at = [.. hops.Select(_ => new Sample())];
    private readonly Sample[] _took = [.. hops.Select(_ => new Sample())];

    /// <summary>Adds a run: the time from its beginning to each hop.</summary>
    public void Add(double[] at)
    {
        for (var hop = 0; hop < at.Length; hop++)
        {
            _at[hop].Add(at[hop]);
            _took[hop].Add(at[hop] - (hop == 0 ? 0 : at[hop - 1]));
        }
    }

    public async Task WriteAsync(TextWriter output, string title)
    {
        await output.WriteLineAsync($"| {title} | this hop | since the tag |");
        await output.WriteLineAsync("|---|---|---|");
        foreach (var (hop, index) in hops.Select((hop, index) => (hop, index)))
        {
            await output.WriteLineAsync($"| {hop} | {_took[index].Text()} | {_at[index].Text()} |");
        }

        await output.WriteLineAsync();
    }
}

namespace GitOpsToolkit.Sandbox.Story;

/// <summary>Tells the story as it happens: every hop with the time since the act began and since the hop before.</summary>
internal sealed class Timeline(TextWriter output, TimeProvider time)
{
    private readonly List<string> _summary = [];
    private long _begun;
    private long _last;

    /// <summary>What each act came to, for the end.</summary>
    public IReadOnlyList<string> Summary => _summary;

    public void Act(int number, string title)
    {
        output.WriteLine();
        output.WriteLine($"{number}. {title}");
        Restart();
    }

    /// <summary>Sets the clock of the act to zero, for what is measured from a later moment than its beginning.</summary>
    public void Restart() => _begun = _last = time.GetTimestamp();

    /// <summary>Something happened just now.</summary>
    /// <returns>The time since the act's clock was zero.</returns>
    public TimeSpan Hop(string what)
    {
        var now = time.GetTimestamp();
        var total = time.GetElapsedTime(_begun, now);
        output.WriteLine($"   {Seconds(total),9}  {'+' + Seconds(time.GetElapsedTime(_last, now)),9}  {what}");
        _last = now;
        return total;
    }

    /// <summary>Something to read that is no event: a diff, a message.</summary>
    public void Quote(string text)
    {
        foreach (var line in text.TrimEnd().Split('\n'))
        {
            output.WriteLine($"              | {line}");
        }
    }

    public void Note(string text) => output.WriteLine($"   {text}");

    /// <summary>Closes an act with the sentence that the summary repeats.</summary>
    public void Done(string sentence)
    {
        _summary.Add(sentence);
        output.WriteLine($"   held: {sentence}");
    }

    public static string Seconds(TimeSpan span) => $"{span.TotalSeconds:0.000}s";
}

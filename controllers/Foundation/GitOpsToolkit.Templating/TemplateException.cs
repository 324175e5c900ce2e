namespace GitOpsToolkit.Templating;

/// <summary>
/// A template that cannot be parsed or carried out. The message is Go's, as in <c>template: NAME:LINE:COLUMN: executing "NAME" at &lt;.X&gt;: …</c>;
/// where Go names only the line, the column is added.
/// </summary>
public sealed class TemplateException : Exception
{
    /// <summary>Creates the error for one place in a template.</summary>
    /// <param name="name">The name of the text that was parsed.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="column">The column as Go counts it: in bytes, from 0.</param>
    /// <param name="problem">What is wrong there.</param>
    public TemplateException(string name, int line, int column, string problem)
        : base($"template: {name}:{line}:{column}: {problem}")
    {
        Line = line;
        Column = column;
        Problem = problem;
    }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>The column as Go counts it: in bytes, from 0.</summary>
    public int Column { get; }

    /// <summary>What is wrong there, without the place.</summary>
    public string Problem { get; }
}

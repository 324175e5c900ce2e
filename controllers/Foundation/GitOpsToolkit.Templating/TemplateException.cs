namespace GitOpsToolkit.Templating;

/// <summary>A template that cannot be parsed or carried out. The message begins with <c>name:line:column:</c>.</summary>
public sealed class TemplateException : Exception
{
    /// <summary>Creates the error for one place in a template.</summary>
    /// <param name="name">The template's name.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="column">The column, from 1.</param>
    /// <param name="problem">What is wrong there.</param>
    public TemplateException(string name, int line, int column, string problem)
        : base($"{name}:{line}:{column}: {problem}")
    {
        Line = line;
        Column = column;
        Problem = problem;
    }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>The column, from 1.</summary>
    public int Column { get; }

    /// <summary>What is wrong there, without the place.</summary>
    public string Problem { get; }
}

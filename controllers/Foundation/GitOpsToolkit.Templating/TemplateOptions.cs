namespace GitOpsToolkit.Templating;

/// <summary>The caps and functions of a template.</summary>
public sealed record TemplateOptions
{
    /// <summary>The defaults: Go's built-in functions and sprig's hermetic string functions.</summary>
    public static TemplateOptions Default { get; } = new();

    /// <summary>How deep actions and parentheses may nest.</summary>
    /// <value>Default 64.</value>
    public int MaxDepth { get; init; } = 64;

    /// <summary>How many nodes one run may visit.</summary>
    /// <value>Default 1,000,000.</value>
    public int MaxSteps { get; init; } = 1_000_000;

    /// <summary>How many characters one run may write, and one function may return.</summary>
    /// <value>Default 1,048,576.</value>
    public int MaxOutput { get; init; } = 1024 * 1024;

    /// <summary>The functions by name.</summary>
    /// <value>Default <see cref="FunctionTable.Hermetic"/>.</value>
    public FunctionTable Functions { get; init; } = FunctionTable.Hermetic;
}

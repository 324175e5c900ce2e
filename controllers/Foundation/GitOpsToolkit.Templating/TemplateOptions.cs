namespace GitOpsToolkit.Templating;

/// <summary>The functions and the limits of a template. No template can run for long or fill memory, whatever it says.</summary>
public sealed record TemplateOptions
{
    /// <summary>The defaults: Go's own functions and sprig's hermetic ones.</summary>
    public static TemplateOptions Default { get; } = new();

    /// <summary>The longest text that is parsed, in bytes.</summary>
    /// <value>Default 1,048,576.</value>
    public int MaxTemplate { get; init; } = 1024 * 1024;

    /// <summary>How deep blocks and parentheses may nest.</summary>
    /// <value>Default 200.</value>
    public int MaxNesting { get; init; } = 200;

    /// <summary>How deep templates may call each other; Go allows 100,000.</summary>
    /// <value>Default 1000.</value>
    public int MaxCalls { get; init; } = 1000;

    /// <summary>How much work one run may do: a step is a node that is visited, an element that is handled, or 16 bytes that are.</summary>
    /// <value>Default 4,000,000.</value>
    public int MaxSteps { get; init; } = 4_000_000;

    /// <summary>How long one run may take.</summary>
    /// <value>Default 10 seconds.</value>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many bytes one run may write, and one text inside it may have.</summary>
    /// <value>Default 1,048,576.</value>
    public int MaxOutput { get; init; } = 1024 * 1024;

    /// <summary>The functions by name.</summary>
    /// <value>Default <see cref="FunctionTable.Hermetic"/>.</value>
    public FunctionTable Functions { get; init; } = FunctionTable.Hermetic;

    /// <summary>The clock of <see cref="MaxDuration"/>.</summary>
    /// <value>The system's.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

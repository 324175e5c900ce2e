namespace GitOpsToolkit.Templating.Execution;

/// <summary>
/// The value of a map's key that is not there: prints as <c>&lt;no value&gt;</c>, counts as false, and is nil for functions.
/// </summary>
internal sealed class Missing
{
    internal static readonly Missing Value = new();

    private Missing()
    {
    }
}

/// <summary>A fault inside a function or a value operation; the executor adds the place.</summary>
internal sealed class ValueException(string message) : Exception(message);

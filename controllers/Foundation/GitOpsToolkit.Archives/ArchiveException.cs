namespace GitOpsToolkit.Archives;

/// <summary>An archive, a tree or a digest that breaks a rule: a name that leaves the folder, a cap that is exceeded, bytes that are no archive.
/// The message names the entry and the rule, and never holds file content.</summary>
public sealed class ArchiveException : Exception
{
    /// <summary>An archive fault with its message.</summary>
    public ArchiveException(string message)
        : base(message)
    {
    }

    /// <summary>An archive fault with its message and cause.</summary>
    public ArchiveException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

using System.Text;

namespace GitOpsToolkit.Kustomize;

/// <summary>One fault found while building: what is wrong and where.</summary>
/// <param name="Message">What failed and what to do. Never holds the content of a file that may not be read.</param>
/// <param name="File">The file it stands in, relative to the root, or null when no single file is to blame.</param>
/// <param name="Line">The line in that file, from 1; 0 when unknown.</param>
/// <param name="Field">The field, such as <c>patches[1].target.kind</c>, or null.</param>
public sealed record BuildError(string Message, string? File = null, int Line = 0, string? Field = null)
{
    /// <summary>Formats as <c>file:line: field: message</c>, leaving out what is unknown.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (File is not null)
        {
            text.Append(File);
            if (Line > 0)
            {
                text.Append(':').Append(Line);
            }

            text.Append(": ");
        }

        if (Field is not null)
        {
            text.Append(Field).Append(": ");
        }

        return text.Append(Message).ToString();
    }
}

/// <summary>A build that failed; <see cref="Errors"/> lists every independent fault found.</summary>
/// <param name="errors">At least one fault.</param>
/// <param name="inner">The exception behind it, if any.</param>
public sealed class BuildException(IReadOnlyList<BuildError> errors, Exception? inner = null)
    : Exception(string.Join("\n", errors.Take(BuildException.MaxErrors)), inner)
{
    /// <summary>So many faults of one file are told; a hostile one must not make a flood of them.</summary>
    internal const int MaxErrors = 100;

    /// <summary>Every fault found, in the order of the build; of a single file no more than 100.</summary>
    public IReadOnlyList<BuildError> Errors { get; } = errors;

    /// <summary>Whether a cap of the build was reached: nothing further is tried then.</summary>
    internal bool IsLimit { get; private init; }

    internal static BuildException Limit(string message, string? file = null) => new([new BuildError(message, file)]) { IsLimit = true };

    internal static BuildException At(string message, string? file = null, int line = 0, string? field = null, Exception? inner = null) =>
        new([new BuildError(message, file, line, field)], inner);
}

using System.Diagnostics.CodeAnalysis;
using GitOpsToolkit.Api.Meta;

namespace GitOpsToolkit.Api.Json;

/// <summary>One thing that is wrong with an object.</summary>
/// <param name="Path">Where, such as <c>spec.include[0].repository</c>; empty for the object itself.</param>
/// <param name="Message">What, such as <c>is required</c>.</param>
public sealed record ReadError(string Path, string Message)
{
    /// <summary>Where and what in one line: <c>spec.interval: "1d" is not a duration: …</c>.</summary>
    /// <returns>The line.</returns>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}

/// <summary>An object as far as it could be read, with everything that is wrong with it.</summary>
/// <typeparam name="T">The kind.</typeparam>
/// <param name="Value">The object, without the fields that cannot be read; null only when the JSON is not an object at all.</param>
/// <param name="Errors">What the user must put right; empty for a good object.</param>
/// <param name="Ignored">What cannot be read in the status; it was left out, as the controller writes the status anew.</param>
public sealed record ReadResult<T>(T? Value, IReadOnlyList<ReadError> Errors, IReadOnlyList<ReadError> Ignored)
    where T : ToolkitObject
{
    /// <summary>Whether the object can be worked with.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsValid => Errors.Count == 0 && Value is not null;

    /// <summary>All errors in one line, for the Stalled condition.</summary>
    public string Problem => string.Join("; ", Errors);
}

using System.CommandLine;

namespace GitOpsToolkit.Cli.Images;

/// <summary><c>gitops image</c>: what there is to ask about images.</summary>
internal static class ImageCommand
{
    /// <summary>The command.</summary>
    /// <param name="output">Where people read.</param>
    /// <param name="errors">Where failures are told.</param>
    /// <param name="time">The clock.</param>
    public static Command Create(TextWriter output, TextWriter errors, TimeProvider time) =>
        new("image", "Ask about images and the policies that elect them") { ImageExplainCommand.Create(output, errors, time) };
}

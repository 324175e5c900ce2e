using GitOpsToolkit.Kustomize;

namespace GitOpsToolkit.Cli.Kustomize;

/// <summary>The directory that a build may read, and the one below it that is built.</summary>
internal sealed record BuildRoot
{
    private BuildRoot()
    {
    }

    /// <summary>The outermost directory, absolute.</summary>
    public required string Root { get; init; }

    /// <summary>The directory that is built, relative to <see cref="Root"/>.</summary>
    public required string Path { get; init; }

    /// <summary>Finds both.</summary>
    /// <param name="directory">The directory to build.</param>
    /// <param name="root">The outermost directory; null takes the work tree of Git around the directory, or the whole file system.</param>
    /// <exception cref="IOException">There is no such directory, or it does not lie below the root.</exception>
    public static BuildRoot Of(string directory, string? root)
    {
        var built = Real(directory);
        var outermost = root is not null ? Real(root) : WorkTree(built) ?? System.IO.Path.GetPathRoot(built)!;
        var path = System.IO.Path.GetRelativePath(outermost, built);
        return path == ".." || path.StartsWith("../", StringComparison.Ordinal)
            ? throw new IOException($"{directory} is not below --root {root}")
            : new BuildRoot { Root = outermost, Path = path == "." ? "" : path };
    }

    /// <summary>An error with its file as seen from the working directory.</summary>
    public BuildError Shown(BuildError error) => error.File is null
        ? error
        : error with { File = System.IO.Path.GetRelativePath(Directory.GetCurrentDirectory(), System.IO.Path.Combine(Root, error.File)) };

    /// <summary>The path without links; only what lies below it is held to be without any.</summary>
    private static string Real(string directory)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(directory));
        if (!Directory.Exists(full))
        {
            throw new IOException($"there is no directory {directory}");
        }

        var real = System.IO.Path.GetPathRoot(full)!;
        foreach (var step in full[real.Length..].Split(System.IO.Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = new DirectoryInfo(System.IO.Path.Combine(real, step));
            // The target of a link may lie behind links itself.
            real = next.ResolveLinkTarget(returnFinalTarget: false) is { } linked ? Real(linked.FullName) : next.FullName;
        }

        return real;
    }

    private static string? WorkTree(string directory)
    {
        for (var at = new DirectoryInfo(directory); at is not null; at = at.Parent)
        {
            if (System.IO.Path.Exists(System.IO.Path.Combine(at.FullName, ".git")))
            {
                return at.FullName;
            }
        }

        return null;
    }
}

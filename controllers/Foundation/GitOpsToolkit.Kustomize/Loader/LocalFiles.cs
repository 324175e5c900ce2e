using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>The files that one kustomization may name, relative to its directory.</summary>
/// <param name="files">The files of the build.</param>
/// <param name="kustomization">The file that names them; its directory is what paths are relative to.</param>
/// <param name="belowOnly">Whether they must lie below that directory.</param>
internal sealed class LocalFiles(BoundedFiles files, string kustomization, bool belowOnly)
{
    internal string Directory { get; } = SourcePath.Parent(kustomization);

    internal string Kustomization => kustomization;

    /// <summary>The name of the directory; the root has none.</summary>
    internal string DirectoryName => Directory[(Directory.LastIndexOf('/') + 1)..];

    /// <summary>The path of a file from the root of the source.</summary>
    /// <exception cref="BuildException">There is no such file, or it may not be read; made by <paramref name="fault"/>.</exception>
    internal string Resolve(string reference, Func<string, BuildException> fault)
    {
        if (!SourcePath.TryResolve(Directory, reference, out var path, out var refusal))
        {
            throw fault(refusal);
        }

        if (!files.FileExists(path))
        {
            throw fault($"the source has no file '{path}' (links are not followed)");
        }

        if (belowOnly && Directory.Length > 0 && !path.StartsWith(Directory + "/", StringComparison.Ordinal))
        {
            throw fault($"'{reference}' is not below the directory of the kustomization");
        }

        return path;
    }

    internal IReadOnlyList<YamlDocument> Documents(string reference, Func<string, BuildException> fault) =>
        files.Documents(Resolve(reference, fault));

    internal byte[] Bytes(string reference, Func<string, BuildException> fault) => files.Bytes(Resolve(reference, fault));
}

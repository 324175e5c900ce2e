using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Loader;

/// <summary>Finds the kustomization of a directory, or makes one for a plain directory as Flux does.</summary>
internal static class KustomizationFinder
{
    private static readonly string[] Names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    /// <summary>kustomize takes the last of repeated keys, here and only here.</summary>
    private static readonly YamlReaderOptions RepeatedKeys = new() { LastKeyWins = true };

    /// <returns>The kustomization of the directory, or null when it has none.</returns>
    /// <exception cref="BuildException">It has several, or the one it has is faulty.</exception>
    internal static KustomizationFile? Find(BoundedFiles files, string directory, bool firstOfSeveral = false)
    {
        string[] found = [.. Names.Select(name => SourcePath.Join(directory, name)).Where(files.FileExists)];
        if (found.Length > 1 && !firstOfSeveral)
        {
            throw BuildException.At($"several kustomizations in one directory: {string.Join(", ", found)}; keep one", found[0]);
        }

        if (found.Length == 0)
        {
            return null;
        }

        var documents = files.Documents(found[0], RepeatedKeys);
        return documents.Count switch
        {
            0 => new KustomizationFile { File = found[0], IsEmpty = true },
            1 => KustomizationReader.Read(documents[0]),
            _ => throw BuildException.At("a kustomization is a single YAML document", found[0], documents[1].StartLine),
        };
    }

    /// <summary>
    /// Lists every <c>.yaml</c> and <c>.yml</c> file below a directory, in lexical order. A subdirectory with a kustomization
    /// of its own is listed as a directory and not entered.
    /// </summary>
    /// <exception cref="BuildException">Files that are no valid Kubernetes YAML, all of them together.</exception>
    internal static KustomizationFile Generate(BoundedFiles files, string directory)
    {
        List<Located> resources = [];
        List<BuildError> errors = [];
        Scan(files, directory, directory, 0, resources, errors);
        return errors.Count > 0
            ? throw new BuildException(errors)
            : new KustomizationFile { File = SourcePath.Join(directory, Names[0]), Resources = resources };
    }

    private static void Scan(BoundedFiles files, string root, string directory, int depth, List<Located> resources, List<BuildError> errors)
    {
        if (depth > files.Limits.MaxDepth)
        {
            throw BuildException.Limit($"directories nest deeper than {files.Limits.MaxDepth}", directory);
        }

        foreach (var entry in files.List(directory))
        {
            var path = SourcePath.Join(directory, entry.Name);
            var relative = root.Length == 0 ? path : path[(root.Length + 1)..];
            if (entry.IsDirectory)
            {
                if (Array.Exists(Names, name => files.FileExists(SourcePath.Join(path, name))))
                {
                    resources.Add(new Located(relative, 0));
                    continue;
                }

                Scan(files, root, path, depth + 1, resources, errors);
                continue;
            }

            if (!entry.Name.EndsWith(".yaml", StringComparison.Ordinal) && !entry.Name.EndsWith(".yml", StringComparison.Ordinal))
            {
                continue;
            }

            try
            {
                _ = ResourceReader.Read(files.Documents(path));
                resources.Add(new Located(relative, 0));
            }
            catch (BuildException e) when (!e.IsLimit)
            {
                errors.AddRange(e.Errors);
            }
        }
    }
}

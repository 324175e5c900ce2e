using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Kustomize.Transformers;

namespace GitOpsToolkit.Kustomize;

/// <summary>Merges what the caller adds into the kustomization of the directory, as Flux does.</summary>
internal static class Overlay
{
    internal static KustomizationFile Merge(KustomizationFile file, BuildOverlay overlay, BoundedFiles files) => file with
    {
        Namespace = overlay.Namespace.Length > 0 ? overlay.Namespace : file.Namespace,
        NamePrefix = overlay.NamePrefix.Length > 0 ? overlay.NamePrefix : file.NamePrefix,
        NameSuffix = overlay.NameSuffix.Length > 0 ? overlay.NameSuffix : file.NameSuffix,
        Components = [.. file.Components, .. overlay.Components
            .Where(path => !overlay.IgnoreMissingComponents || Exists(file, path, files))
            .Select(path => new Located(path, 0))],
        Images = MergeImages(file.Images, overlay.Images),
        Patches = [.. file.Patches, .. overlay.Patches.Select(patch =>
            new PatchEntry(Path: null, patch.Text.Trim(), patch.Target, AllowNameChange: false, AllowKindChange: false, 0, patch.Field))],
    };

    private static bool Exists(KustomizationFile file, string component, BoundedFiles files) =>
        !SourcePath.TryResolve(file.Directory, component, out var path, out _) || files.DirectoryExists(path);

    /// <summary>Tag and digest choose the version together: setting one clears the other.</summary>
    private static List<ImageOverride> MergeImages(IReadOnlyList<ImageOverride> images, IReadOnlyList<ImageOverride> added)
    {
        List<ImageOverride> merged = [.. images];
        foreach (var image in added)
        {
            var index = merged.FindIndex(existing => existing.Name == image.Name);
            if (index < 0)
            {
                merged.Add(image);
                continue;
            }

            var existing = merged[index];
            var setsVersion = image.NewTag.Length > 0 || image.Digest.Length > 0;
            merged[index] = existing with
            {
                NewName = image.NewName.Length > 0 ? image.NewName : existing.NewName,
                NewTag = setsVersion ? image.NewTag : existing.NewTag,
                Digest = setsVersion ? image.Digest : existing.Digest,
            };
        }

        return merged;
    }
}

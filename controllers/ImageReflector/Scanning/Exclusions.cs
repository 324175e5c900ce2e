using System.Diagnostics.CodeAnalysis;
using System.Text;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Controllers.ImageReflector.Scanning;

/// <summary>Reads the exclusion list of an ImageRepository, and applies it to packed tags.</summary>
internal static class Exclusions
{
    /// <summary>The patterns that count: those of <c>spec.exclusionList</c>, and <see cref="ExclusionList.Default"/> where it is empty.</summary>
    internal static IReadOnlyList<string> PatternsOf(ImageRepositorySpec spec) =>
        spec.ExclusionList is { Count: > 0 } given ? given : ExclusionList.Default;

    /// <summary>The list that counts for an ImageRepository.</summary>
    /// <param name="spec">Whose.</param>
    /// <param name="exclusions">The list, or null.</param>
    /// <param name="problem">Which pattern is wrong and why, without naming the field; or null.</param>
    internal static bool TryRead(
        ImageRepositorySpec spec, [NotNullWhen(true)] out ExclusionList? exclusions, [NotNullWhen(false)] out string? problem) =>
        ExclusionList.TryCreate(PatternsOf(spec), out exclusions, out problem);

    /// <summary>The tags that none of the list's patterns matches.</summary>
    internal static PackedTags WithoutExcluded(this ExclusionList exclusions, PackedTags tags)
    {
        var kept = new TagPacker();
        Span<char> text = stackalloc char[PackedTags.MaxTagLength];
        foreach (var tag in tags)
        {
            var length = Encoding.ASCII.GetChars(tag, text);
            if (!exclusions.Excludes(text[..length]))
            {
                kept.Add(tag);
            }
        }

        return kept.Finish();
    }
}

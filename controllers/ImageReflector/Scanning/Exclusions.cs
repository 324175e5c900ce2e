using System.Text;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Controllers.ImageReflector.Scanning;

/// <summary>Applies an exclusion list to packed tags.</summary>
internal static class Exclusions
{
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

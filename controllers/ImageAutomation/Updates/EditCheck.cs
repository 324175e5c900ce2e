using System.Text;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>The last look before a push: between old and new content nothing differs but the values under changed markers.</summary>
internal static class EditCheck
{
    /// <summary>Checks one file.</summary>
    /// <exception cref="InvalidOperationException">Something else differs: a fault of this program, so nothing may be pushed.</exception>
    internal static void Verify(FileResult result, byte[] before)
    {
        var old = Scalars(Encoding.UTF8.GetString(before));
        var now = Scalars(Encoding.UTF8.GetString(result.Content!));
        if (old.Count != now.Count)
        {
            throw Fault(result, $"{old.Count} values became {now.Count}");
        }

        var changed = result.Changes.Select(change => (change.Line, change.NewValue)).ToHashSet();
        for (var i = 0; i < old.Count; i++)
        {
            if (old[i].Pointer != now[i].Pointer || old[i].Comment != now[i].Comment)
            {
                throw Fault(result, $"the value at line {old[i].Position.Line} moved");
            }

            if (old[i].Value != now[i].Value && !changed.Contains((old[i].Position.Line, Trim(now[i]))))
            {
                throw Fault(result, $"the value at line {old[i].Position.Line} changed without a marker");
            }
        }
    }

    private static string Trim(YamlScalar scalar) =>
        scalar.Style is YamlScalarStyle.Literal or YamlScalarStyle.Folded ? scalar.Value.TrimEnd('\n', ' ') : scalar.Value;

    private static List<YamlScalar> Scalars(string text) => [.. YamlScalars.Read(text).SelectMany(document => document.Scalars)];

    private static InvalidOperationException Fault(FileResult result, string what) =>
        new($"refusing to push: editing {result.File} would change more than its markers: {what}; please report this file");
}

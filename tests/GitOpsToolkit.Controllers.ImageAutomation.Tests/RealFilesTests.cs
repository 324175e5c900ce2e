using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

/// <summary>
/// The promise of byte-exact edits, held against files that people wrote: every YAML file of the corpus kustomize-realworld, every value in it.
/// What changes are the bytes of the values that were to change; the inverse edit gives the old SHA-256.
/// </summary>
public sealed class RealFilesTests
{
    private const string Absent = "The conformance corpora are absent: set CORPUS_DIR, or put them at ../shared/corpus beside the checkout.";

    /// <summary>Tags that some reader of YAML takes for a number, a date, a truth value or nothing where they are bare, and ordinary ones.</summary>
    private static readonly string[] Tags =
    [
        "v1.2.3", "1.10", "1.20.0", "1e3", "12e03", "0o7", "0x1F", "007", "null", "Null", "yes", "no", "on", "off", "y", "N", "true", "2024-01-01",
        "1_000", "1.", "0b1", "latest", "8", "1.2.3-rc.1", "_x", "2001-12-14t21", "nan", "inf", "1.5e-3",
    ];

    /// <summary>Markers behind every value that a comment can stand behind, and as many policies.</summary>
    [Fact]
    public void Markers_behind_every_value_of_every_file_change_those_values_alone()
    {
        var (files, values) = (0, 0);
        foreach (var (path, text, documents) in Files())
        {
            if (Mark(text, documents) is { } marked)
            {
                files++;
                values += marked.Old.Count;
                AssertExact(path, marked.Text, marked.Old);
            }
        }

        Assert.True(files > 3000 && values > 50_000, $"{files} files, {values} values");
    }

    /// <summary>The writer under it, for values where no comment can stand too: within flow collections, blocks, keys of several lines.</summary>
    [Fact]
    public void Edits_of_every_scalar_of_every_file_change_those_scalars_alone()
    {
        var (files, scalars, random) = (0, 0, new Random(5));
        foreach (var (path, text, documents) in Files())
        {
            var all = documents.SelectMany(document => document.Scalars).Where(scalar => scalar.Start < scalar.End).ToList();
            foreach (var chosen in new[] { all, [.. all.Where(_ => random.Next(3) == 0)] })
            {
                var edits = chosen.Select(scalar => new ScalarEdit(scalar, Tags[random.Next(Tags.Length)])).Where(edit => CanHold(text, edit)).ToList();
                AssertEdits(path, text, all, edits);
                scalars += edits.Count;
            }

            files++;
        }

        Assert.True(files > 3000 && scalars > 100_000, $"{files} files, {scalars} scalars");
    }

    private static IEnumerable<(string Path, string Text, IReadOnlyList<YamlScalarDocument> Documents)> Files()
    {
        var corpus = Corpus.Find();
        Assert.SkipWhen(corpus is null, Absent);
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(Path.Combine(corpus, "kustomize-realworld"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (!SetterEditor.IsCandidateName(path.Replace('\\', '/')))
            {
                continue;
            }

            string text;
            IReadOnlyList<YamlScalarDocument> documents;
            try
            {
                text = strict.GetString(File.ReadAllBytes(path));
                documents = seen.Add(text) ? YamlScalars.Read(text) : [];
            }
            catch (Exception error) when (error is YamlReadException or DecoderFallbackException)
            {
                // Templates and what is none: they are reported, not edited.
                continue;
            }

            if (documents.Count > 0)
            {
                yield return (path, text, documents);
            }
        }
    }

    /// <summary>A block without content, a key's empty value: nothing can be written in the place of nothing.</summary>
    private static bool CanHold(string text, ScalarEdit edit)
    {
        try
        {
            ScalarEdits.Render(text, edit);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void AssertEdits(string path, string text, List<YamlScalar> before, List<ScalarEdit> edits)
    {
        var after = ScalarEdits.Apply(text, edits);
        List<YamlScalar> now;
        try
        {
            now = [.. YamlScalars.Read(after).SelectMany(document => document.Scalars).Where(scalar => scalar.Start < scalar.End)];
        }
        catch (YamlReadException error)
        {
            throw new InvalidOperationException($"{path}: edited, it is no YAML any more: {error.Message}", error);
        }

        Assert.True(before.Count == now.Count, $"{path}: {before.Count} values became {now.Count}");
        var wanted = edits.ToDictionary(edit => edit.Scalar.Start, edit => edit.Value);
        for (var i = 0; i < before.Count; i++)
        {
            var value = wanted.TryGetValue(before[i].Start, out var set) ? set : before[i].Value;
            var read = now[i].Style is YamlScalarStyle.Literal or YamlScalarStyle.Folded && set is not null ? now[i].Value.TrimEnd('\n') : now[i].Value;
            Assert.True(read == value, $"{path}:{before[i].Position}: reads '{read}', expected '{value}'");
            if (set is not null && now[i].Style == YamlScalarStyle.Plain && !(PlainScalar.Resolve(set).Kind == ScalarKind.Timestamp && !before[i].IsText))
            {
                Assert.False(PlainScalar.ReadsAsNonString(set), $"{path}:{before[i].Position}: '{set}' stands bare");
            }
        }

        // The inverse: each written piece is where the pieces before it moved it to.
        var restored = new StringBuilder(text.Length);
        var (from, moved) = (0, 0);
        foreach (var piece in edits.Select(edit => ScalarEdits.Render(text, edit)).OrderBy(piece => piece.Start))
        {
            var at = piece.Start + moved;
            restored.Append(after, from, at - from).Append(text, piece.Start, piece.End - piece.Start);
            from = at + piece.Written.Length;
            Assert.True(after.AsSpan(at).StartsWith(piece.Written), $"{path}: '{piece.Written}' is not where it was to be written");
            moved += piece.Written.Length - (piece.End - piece.Start);
        }

        Assert.Equal(Sha256(text), Sha256(restored.Append(after, from, after.Length - from).ToString()));
    }

    private static void AssertExact(string path, string text, IReadOnlyList<string> old)
    {
        var values = new SetterValues(old.Select((_, index) => new PolicyImage("ns", $"p{index}", "x.io/y", Tags[index % Tags.Length])));
        var result = SetterEditor.Edit(path, Encoding.UTF8.GetBytes(text), values);
        var set = result.Changes.Count + result.UpToDate;
        Assert.True(set == old.Count, $"{path}: {set} of {old.Count} set: {string.Join('\n', result.Unresolved)}");

        // Markers that its authors put there name policies of theirs.
        Assert.All(result.Unresolved, marker => Assert.Equal(UnresolvedReason.NoSuchPolicy, marker.Reason));
        if (result.Content is null)
        {
            return;
        }

        // As many lines; those that differ are marked ones; and each old text, put back in front of its marker, gives the old file.
        var left = text.Split('\n');
        var right = Encoding.UTF8.GetString(result.Content).Split('\n');
        Assert.True(left.Length == right.Length, $"{path}: {left.Length} lines became {right.Length}");
        var lines = result.Changes.Select(change => change.Line - 1).ToHashSet();
        for (var i = 0; i < left.Length; i++)
        {
            Assert.True(lines.Contains(i) || left[i] == right[i], $"{path}:{i + 1}: changed from '{left[i]}' to '{right[i]}'");
        }

        foreach (var change in result.Changes)
        {
            var number = int.Parse(change.Setter.Split(':')[1][1..], System.Globalization.CultureInfo.InvariantCulture);
            var line = right[change.Line - 1];
            var marker = line.IndexOf($" # {{\"$imagepolicy\": \"{change.Setter}\"}}", StringComparison.Ordinal);
            var start = left[change.Line - 1].LastIndexOf(old[number] + $" # {{\"$imagepolicy\": \"{change.Setter}\"}}", StringComparison.Ordinal);
            Assert.True(start >= 0 && start < marker, $"{path}:{change.Line}: {line}");
            right[change.Line - 1] = line[..start] + old[number] + line[marker..];
        }

        Assert.Equal(Sha256(text), Sha256(string.Join('\n', right)));
        Assert.Null(SetterEditor.Edit(path, result.Content, values).Content);
    }

    /// <summary>The text with a marker behind each value of one line that ends its line; null if there is none, or in a List that has none to give.</summary>
    private static (string Text, IReadOnlyList<string> Old)? Mark(string text, IReadOnlyList<YamlScalarDocument> documents)
    {
        if ((documents.Count == 1 && documents[0].ValueAt("/kind") is "List" or "ResourceList") || text.TrimStart('\uFEFF').StartsWith('%'))
        {
            return null;
        }

        var marked = new StringBuilder();
        var old = new List<string>();
        var at = 0;
        foreach (var scalar in documents.Where(document => document.Root == YamlRootKind.Map).SelectMany(document => document.Scalars))
        {
            var endsLine = scalar.End >= text.Length || text[scalar.End] is '\n' or '\r';
            var isOneLine = scalar.Start < scalar.End && !text.AsSpan(scalar.Start, scalar.End - scalar.Start).Contains('\n');
            if (!endsLine || !isOneLine || scalar.InFlow || scalar.Comment is not null || scalar.Style is YamlScalarStyle.Literal or YamlScalarStyle.Folded)
            {
                continue;
            }

            // Tag markers, so that the values are those that YAML may misread.
            marked.Append(text, at, scalar.End - at).Append($" # {{\"$imagepolicy\": \"ns:p{old.Count}:tag\"}}");
            old.Add(text[scalar.Start..scalar.End]);
            at = scalar.End;
        }

        return old.Count == 0 ? null : (marked.Append(text, at, text.Length - at).ToString(), old);
    }

    private static string Sha256(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

namespace GitOpsToolkit.TestKit;

/// <summary>Finds the conformance corpora, which live beside a checkout and never in it.</summary>
public static class Corpus
{
    /// <summary>The corpus folder, or null where there is none: CORPUS_DIR, else ../shared/corpus beside a parent folder of the test.</summary>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable("CORPUS_DIR") is { Length: > 0 } configured)
        {
            return Directory.Exists(configured) ? configured : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "corpus");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}

using Xunit;

namespace GitOpsToolkit.Versioning.Tests;

/// <summary>Finds the folders of cases: adding a case needs no code.</summary>
internal static class Cases
{
    internal static TheoryData<string> Of(string kind)
    {
        var data = new TheoryData<string>();
        foreach (var folder in Directory.EnumerateDirectories(Path.Combine(Root(), kind)).Order(StringComparer.Ordinal))
        {
            data.Add(Path.GetFileName(folder));
        }

        return data;
    }

    internal static string Read(string kind, string name, string file) => File.ReadAllText(Path.Combine(Root(), kind, name, file)).TrimEnd('\n');

    internal static string[] Lines(string kind, string name, string file) => Read(kind, name, file).Split('\n');

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "cases");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("No folder 'cases' above the test");
    }
}

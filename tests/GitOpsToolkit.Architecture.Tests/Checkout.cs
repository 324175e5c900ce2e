using System.Diagnostics;

namespace GitOpsToolkit.Architecture.Tests;

/// <summary>The checkout that this test program was built from.</summary>
internal static class Checkout
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Files that belong to the project: tracked, or new and not ignored. Paths are relative, with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = ListFiles();

    /// <summary>Hand-written C# files under the given folders.</summary>
    public static IEnumerable<string> CSharp(params string[] folders) => Files.Where(file =>
        file.EndsWith(".cs", StringComparison.Ordinal) &&
        folders.Any(folder => file.StartsWith(folder + "/", StringComparison.Ordinal)));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "GitOpsToolkit.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("GitOpsToolkit.sln is in no folder above the test program");
        }

        return folder.FullName;
    }

    private static string[] ListFiles()
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = Root, RedirectStandardOutput = true };
        foreach (var argument in (string[])["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        {
            start.ArgumentList.Add(argument);
        }

        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(file => File.Exists(Path.Combine(Root, file)))];
    }
}

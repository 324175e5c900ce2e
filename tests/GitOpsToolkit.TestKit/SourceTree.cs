namespace GitOpsToolkit.TestKit;

/// <summary>The checkout that the running test program was built in.</summary>
public static class SourceTree
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The full path of a file or folder of the checkout.</summary>
    /// <param name="relative">Its path below the folder of the solution, with forward slashes.</param>
    public static string At(string relative) => Path.Combine(Root, relative);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GitOpsToolkit.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("GitOpsToolkit.sln is in no folder above the test program: run the tests from within a checkout");
    }
}

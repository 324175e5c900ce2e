namespace GitOpsToolkit.Git;

/// <summary>Files that nobody but us may read.</summary>
internal static class PrivateFile
{
    /// <summary>Writes a file that must not be there yet.</summary>
    public static void Write(string path, string text, bool executable = false)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (executable ? UnixFileMode.UserExecute : UnixFileMode.None);
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}

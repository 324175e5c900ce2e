namespace GitOpsToolkit.Sandbox.ApiServer.Auth;

/// <summary>Files that only their owner may read.</summary>
internal static class PrivateFile
{
    /// <summary>Writes a file (mode 0600) as a whole or not at all.</summary>
    public static void Write(string path, string text)
    {
        var temporary = path + ".tmp";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(temporary, options))
        {
            writer.Write(text);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The text of a file; made and kept when there is none.</summary>
    public static string GetOrAdd(string? directory, string name, Func<string> make)
    {
        if (directory is null)
        {
            return make();
        }

        var path = Path.Combine(directory, name);
        if (!File.Exists(path))
        {
            Write(path, make());
        }

        return File.ReadAllText(path).Trim();
    }
}

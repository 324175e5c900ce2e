namespace GitOpsToolkit.Git;

/// <summary>A folder of one call that nobody but us may enter; gone with all that is in it at the end.</summary>
internal sealed class PrivateFolder : IDisposable
{
    /// <summary>Makes it below a folder, which is made where it is missing.</summary>
    public PrivateFolder(string parent)
    {
        Path = System.IO.Path.Combine(parent, Guid.NewGuid().ToString("N"));
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
            return;
        }

        Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>A file in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}

using System.Security.Cryptography;

namespace GitOpsToolkit.Sandbox.ControlPlanes;

/// <summary>Where a control plane keeps data, keys and logs: readable by its owner only.</summary>
internal sealed class StateFolder
{
    private const string Prefix = "gitops-control-plane-";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly bool _temporary;

    private StateFolder(string path, bool temporary)
    {
        Path = path;
        _temporary = temporary;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>A path inside.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Opens the named folder, or a new temporary one; takes away those of processes that are no more.</summary>
    public static StateFolder Open(string? named)
    {
        if (named is not null)
        {
            var folder = OperatingSystem.IsWindows() ? Directory.CreateDirectory(named) : Directory.CreateDirectory(named, OwnerOnly | UnixFileMode.UserExecute);
            return new(folder.FullName, temporary: false);
        }

        Sweep(System.IO.Path.GetTempPath());
        return new(Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName, temporary: true);
    }

    /// <summary>Removes the folders that killed processes left behind.</summary>
    internal static void Sweep(string parent)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            if (int.TryParse(System.IO.Path.GetFileName(folder)[Prefix.Length..].Split('-')[0], out var owner) && !IsAlive(owner))
            {
                Delete(folder);
            }
        }
    }

    /// <summary>Writes a file that only its owner can read.</summary>
    public void Write(string name, string text) => WritePrivate(this[name], text);

    /// <summary>Writes a file that only its owner can read.</summary>
    public static void WritePrivate(string path, string text)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }

    /// <summary>The key that signs the tokens of service accounts; made where there is none.</summary>
    public string SigningKey()
    {
        var path = this["service-accounts.key"];
        if (!File.Exists(path))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            WritePrivate(path, key.ExportECPrivateKeyPem() + "\n");
        }

        return path;
    }

    /// <summary>Removes the folder if it is a temporary one.</summary>
    public void Close()
    {
        if (_temporary)
        {
            Delete(Path);
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another process sweeps it just now, or it belongs to another user.
        }
    }

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

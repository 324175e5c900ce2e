namespace GitOpsToolkit.Git;

/// <summary>Certificates that git reads from files: written for one call, readable to us alone, gone afterwards.</summary>
internal sealed class CredentialFiles : IDisposable
{
    private readonly string? _folder;
    private readonly List<(string Key, string Path)> _files = [];

    public CredentialFiles(string scratchFolder, GitCredentials? credentials)
    {
        (string Key, string? Pem)[] wanted =
        [
            ("sslCAInfo", SystemAuthorities.With(credentials?.CaCertificates)), ("sslCert", credentials?.ClientCertificate), ("sslKey", credentials?.ClientKey),
        ];
        if (wanted.All(file => file.Pem is null))
        {
            return;
        }

        _folder = Path.Combine(scratchFolder, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(_folder);
        try
        {
            foreach (var (key, pem) in wanted)
            {
                if (pem is not null)
                {
                    var path = Path.Combine(_folder, key);
                    Write(path, pem);
                    _files.Add((key, path));
                }
            }
        }
        catch
        {
            // A full disk leaves no half of a key behind.
            Dispose();
            throw;
        }
    }

    public IEnumerable<(string Key, string Value)> Settings(string origin) => _files.Select(file => ($"http.{origin}.{file.Key}", file.Path));

    public void Dispose()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}

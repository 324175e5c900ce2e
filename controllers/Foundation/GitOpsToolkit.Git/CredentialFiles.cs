namespace GitOpsToolkit.Git;

/// <summary>What git and ssh read from files: written for one call, readable to us alone, gone afterwards.</summary>
internal sealed class CredentialFiles : IDisposable
{
    private readonly PrivateFolder? _folder;
    private readonly List<(string Key, string Path)> _files = [];

    /// <summary>Writes the files that the call needs; none where it needs none.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.Authentication"/>: the secret cannot be used.</exception>
    public CredentialFiles(string scratchFolder, GitEndpoint endpoint)
    {
        var credentials = endpoint.Credentials;
        (string Key, string? Pem)[] wanted = endpoint.Url.IsSsh ? [] :
        [
            ("sslCAInfo", SystemAuthorities.With(credentials?.CaCertificates)), ("sslCert", credentials?.ClientCertificate), ("sslKey", credentials?.ClientKey),
        ];
        if (!endpoint.Url.IsSsh && wanted.All(file => file.Pem is null))
        {
            return;
        }

        _folder = new PrivateFolder(scratchFolder);
        try
        {
            foreach (var (key, pem) in wanted.Where(file => file.Pem is not null))
            {
                var path = _folder[key];
                PrivateFile.Write(path, pem!);
                _files.Add((key, path));
            }

            Ssh = endpoint.Url.IsSsh ? new SshFiles(_folder.Path, endpoint) : null;
        }
        catch
        {
            // A full disk leaves no half of a key behind.
            Dispose();
            throw;
        }
    }

    /// <summary>What ssh reads; null where the call is none over SSH.</summary>
    public SshFiles? Ssh { get; }

    /// <summary>Git's settings that name the files.</summary>
    public IEnumerable<(string Key, string Value)> Settings(string origin) => _files.Select(file => ($"http.{origin}.{file.Key}", file.Path));

    /// <inheritdoc/>
    public void Dispose() => _folder?.Dispose();
}

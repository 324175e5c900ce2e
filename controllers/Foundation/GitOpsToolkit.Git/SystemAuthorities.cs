namespace GitOpsToolkit.Git;

/// <summary>
/// The system's certificate authorities as one PEM text. A file of authorities that git is given replaces the system's; a Secret's are to
/// be trusted besides them, as our own HTTP client does and Flux does.
/// </summary>
internal static class SystemAuthorities
{
    // Where OpenSSL's users on Debian, Red Hat, SUSE, Alpine and others have them; the variable is OpenSSL's own.
    private static readonly string?[] s_places =
    [
        Environment.GetEnvironmentVariable("SSL_CERT_FILE"),
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];

    /// <summary>These authorities and the system's; null where none are given.</summary>
    public static string? With(string? authorities)
    {
        if (authorities is null)
        {
            return null;
        }

        var place = Array.Find(s_places, File.Exists);
        return place is null ? authorities : $"{authorities}\n{File.ReadAllText(place)}";
    }
}

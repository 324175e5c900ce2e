using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace GitOpsToolkit.Registry;

/// <summary>
/// The content of a Secret of type <c>kubernetes.io/dockerconfigjson</c>. Hosts are compared whole, so an entry for <c>x.azurecr.io</c>
/// gives nothing to <c>x.azurecr.io.evil.com</c>; wildcards are not honoured. Docker Hub's several names are one.
/// </summary>
public sealed class DockerConfig
{
    private const int MaxBytes = 1 << 20;
    private const int MaxDepth = 16;

    private readonly List<(string Host, string Path, RegistryCredential Credential)> entries = [];

    private DockerConfig()
    {
    }

    /// <summary>Reads a configuration.</summary>
    /// <param name="json">The bytes of the key <c>.dockerconfigjson</c>.</param>
    /// <param name="config">The configuration, or null.</param>
    /// <param name="error">What is wrong, without any of the content's values; or null.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> json, [NotNullWhen(true)] out DockerConfig? config, [NotNullWhen(false)] out string? error)
    {
        config = null;
        if (json.Length > MaxBytes)
        {
            error = $"the docker configuration is larger than {MaxBytes} bytes";
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("auths", out var auths)
                || auths.ValueKind != JsonValueKind.Object)
            {
                error = "the docker configuration has no object 'auths'";
                return false;
            }

            var read = new DockerConfig();
            foreach (var entry in auths.EnumerateObject())
            {
                if (!read.TryAdd(entry, out error))
                {
                    return false;
                }
            }

            config = read;
            error = null;
            return true;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            error = "the docker configuration is not valid JSON";
            return false;
        }
    }

    /// <summary>
    /// The credential for an image: that of its registry with the longest path that leads to the repository; null for none.
    /// </summary>
    public RegistryCredential? CredentialFor(ImageName image)
    {
        RegistryCredential? best = null;
        var bestLength = -1;
        foreach (var (host, path, credential) in entries)
        {
            var covers = path.Length == 0 || image.Repository == path || image.Repository.StartsWith(path + "/", StringComparison.Ordinal);
            if (covers && path.Length > bestLength && string.Equals(host, image.Registry, StringComparison.OrdinalIgnoreCase))
            {
                (best, bestLength) = (credential, path.Length);
            }
        }

        return best;
    }

    private static (string Host, string Path) SplitKey(string key)
    {
        var rest = key;
        foreach (var scheme in (string[])["https://", "http://"])
        {
            rest = rest.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? rest[scheme.Length..] : rest;
        }

        var slash = rest.IndexOf('/');
        var host = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? "" : rest[(slash + 1)..].Trim('/');

        // Docker writes its API's version behind the host.
        path = path is "v1" or "v2" ? "" : path;
        return (host is "docker.io" or "registry-1.docker.io" ? ImageName.DockerHub : host, path);
    }

    private bool TryAdd(JsonProperty entry, [NotNullWhen(false)] out string? error)
    {
        error = null;
        var (username, password) = (Text(entry.Value, "username"), Text(entry.Value, "password"));
        if (Text(entry.Value, "auth") is { Length: > 0 } auth)
        {
            if (!TryDecode(auth, out username, out password))
            {
                error = $"auths[\"{entry.Name}\"].auth is not the base64 of user:password";
                return false;
            }
        }

        if (username is null && Text(entry.Value, "identitytoken") is { Length: > 0 })
        {
            error = $"auths[\"{entry.Name}\"] holds an identitytoken, which is not supported; "
                + "use a user name and a password or access token";
            return false;
        }

        if (username is not null && password is not null)
        {
            var (host, path) = SplitKey(entry.Name);
            entries.Add((host, path, new RegistryCredential(username, password)));
        }

        return true;
    }

    private static bool TryDecode(string auth, out string? username, out string? password)
    {
        (username, password) = (null, null);
        var buffer = new byte[auth.Length];
        if (!Convert.TryFromBase64String(auth, buffer, out var length))
        {
            return false;
        }

        // Some tools pad with NUL.
        var pair = Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\0').Split(':', 2);
        if (pair.Length != 2)
        {
            return false;
        }

        (username, password) = (pair[0], pair[1]);
        return true;
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

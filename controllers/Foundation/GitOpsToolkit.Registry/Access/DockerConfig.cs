using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace GitOpsToolkit.Registry;

/// <summary>
/// The content of a Secret of type <c>kubernetes.io/dockerconfigjson</c>, or of the older <c>kubernetes.io/dockercfg</c>. Hosts are compared whole, so an entry for <c>x.azurecr.io</c>
/// gives nothing to <c>x.azurecr.io.evil.com</c>; wildcards are not honoured. Docker Hub's several names are one.
/// </summary>
public sealed class DockerConfig
{
    private const int MaxBytes = 1 << 20;
    private const int MaxDepth = 16;
    private const string Key = ".dockerconfigjson";
    private const string OldKey = ".dockercfg";
    private const string Auths = "auths";

    // The user name by which tools say that the password is an identity token.
    private const string IdentityUser = "<token>";

    private static readonly string[] Texts = ["auth", "username", "password", "identitytoken", "registrytoken"];

    private readonly List<(string Host, string Path, RegistryCredential Credential)> entries = [];

    private DockerConfig()
    {
    }

    /// <summary>Reads whichever of the keys <c>.dockerconfigjson</c> and <c>.dockercfg</c> a Secret has.</summary>
    /// <param name="data">The values by key.</param>
    /// <param name="config">The configuration, or null.</param>
    /// <param name="error">What is wrong, without any of the content's values; or null.</param>
    public static bool TryRead(
        IReadOnlyDictionary<string, byte[]> data, [NotNullWhen(true)] out DockerConfig? config, [NotNullWhen(false)] out string? error)
    {
        if (data.TryGetValue(Key, out var json))
        {
            return TryParse(json, Auths, out config, out error);
        }

        if (data.TryGetValue(OldKey, out json))
        {
            return TryParse(json, wrapper: null, out config, out error);
        }

        config = null;
        error = $"has no key {Key}; it must be of type kubernetes.io/dockerconfigjson";
        return false;
    }

    /// <summary>Reads a configuration.</summary>
    /// <param name="json">The bytes of the key <c>.dockerconfigjson</c>.</param>
    /// <param name="config">The configuration, or null.</param>
    /// <param name="error">What is wrong, without any of the content's values; or null.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> json, [NotNullWhen(true)] out DockerConfig? config, [NotNullWhen(false)] out string? error) =>
        TryParse(json, Auths, out config, out error);

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

    private static bool TryParse(
        ReadOnlyMemory<byte> json, string? wrapper, [NotNullWhen(true)] out DockerConfig? config, [NotNullWhen(false)] out string? error)
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
            var auths = document.RootElement;
            if (auths.ValueKind == JsonValueKind.Object && wrapper is not null && !auths.TryGetProperty(wrapper, out auths))
            {
                auths = default;
            }

            if (auths.ValueKind != JsonValueKind.Object)
            {
                error = wrapper is null ? "the docker configuration is no object" : $"the docker configuration has no object '{wrapper}'";
                return false;
            }

            var read = new DockerConfig();
            foreach (var entry in auths.EnumerateObject())
            {
                error = read.Add(entry);
                if (error is not null)
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

    /// <summary>Adds an entry, or says what is wrong with it.</summary>
    private string? Add(JsonProperty entry)
    {
        var place = $"auths[\"{entry.Name}\"]";
        if (entry.Value.ValueKind != JsonValueKind.Object)
        {
            return $"{place} is no object with 'auth', or with 'username' and 'password'";
        }

        if (Array.Find(Texts, name => entry.Value.TryGetProperty(name, out var value)
            && value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) is { } wrong)
        {
            return $"{place}.{wrong} is {Called(entry.Value.GetProperty(wrong).ValueKind)} where a string is due";
        }

        var (username, password) = (Text(entry.Value, "username"), Text(entry.Value, "password"));
        if (Text(entry.Value, "auth") is { } auth && !TryDecode(auth, out username, out password))
        {
            return $"{place}.auth is not the base64 of user:password";
        }

        var (identity, token) = (Text(entry.Value, "identitytoken"), Text(entry.Value, "registrytoken"));
        if (username == IdentityUser)
        {
            (identity, password) = (identity ?? password, null);
        }

        if ((username is not null && password is not null) || identity is not null || token is not null)
        {
            var (host, path) = SplitKey(entry.Name);
            var credential = new RegistryCredential(username ?? "", password ?? "") { IdentityToken = identity, RegistryToken = token };
            entries.Add((host, path, credential));
        }

        return null;
    }

    private static string Called(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.Number => "a number",
        _ => "a boolean",
    };

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
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}

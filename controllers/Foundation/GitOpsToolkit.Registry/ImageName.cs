using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using GitOpsToolkit.Connections;

namespace GitOpsToolkit.Registry;

/// <summary>
/// An image repository's name, without scheme, tag or digest, split into registry and repository as Flux's library splits it.
/// </summary>
/// <param name="Written">The name as the user wrote it, for example <c>redis</c>.</param>
/// <param name="Registry">The registry's host and port; Docker Hub is <c>index.docker.io</c>.</param>
/// <param name="Repository">The repository within the registry, for example <c>library/redis</c>.</param>
public sealed record ImageName(string Written, string Registry, string Repository)
{
    /// <summary>Docker Hub's registry.</summary>
    public const string DockerHub = "index.docker.io";

    private const string RepositoryCharacters = "abcdefghijklmnopqrstuvwxyz0123456789_-./";
    private const int MaxRepositoryLength = 255;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(RepositoryCharacters);

    /// <summary>The full name, for example <c>index.docker.io/library/redis</c>.</summary>
    public string Canonical => $"{Registry}/{Repository}";

    /// <summary>Whether the registry is this machine, where plain HTTP is the rule.</summary>
    public bool IsLoopback => AddressClasses.IsLoopbackName(HostOf(Registry));

    /// <summary>Reads a name.</summary>
    /// <param name="text">The name, for example <c>ghcr.io/team/app</c>, <c>localhost:5000/app</c> or <c>redis</c>.</param>
    /// <param name="name">The parts, or null.</param>
    /// <param name="error">What is wrong and what to change, or null.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ImageName? name, [NotNullWhen(false)] out string? error)
    {
        name = null;
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            error = $".spec.image value should not start with URL scheme; remove '{text[..(scheme + 3)]}'";
            return false;
        }

        var slash = text.IndexOf('/');
        var hasRegistry = slash > 0 && text.AsSpan(0, slash).ContainsAny('.', ':');
        var registry = hasRegistry ? text[..slash] : DockerHub;
        var repository = hasRegistry ? text[(slash + 1)..] : text;
        if (repository.IndexOfAny([':', '@']) is var mark and >= 0)
        {
            error = $".spec.image value should not contain a tag; remove '{repository[mark..]}'";
            return false;
        }

        registry = registry is "docker.io" ? DockerHub : registry;
        if (registry == DockerHub && repository.Length > 0 && !repository.Contains('/'))
        {
            repository = $"library/{repository}";
        }

        error = Check(text, registry, repository);
        if (error is not null)
        {
            return false;
        }

        name = new ImageName(text, registry, repository);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Canonical;

    internal static string HostOf(string authority) =>
        Uri.TryCreate($"http://{authority}/", UriKind.Absolute, out var uri) ? uri.Host : authority;

    private static string? Check(string text, string registry, string repository)
    {
        if (repository.Length is < 2 or > MaxRepositoryLength)
        {
            return $"could not parse reference: {text}: repository must be between 2 and {MaxRepositoryLength} characters in length: {repository}";
        }

        if (repository.AsSpan().ContainsAnyExcept(Allowed))
        {
            return $"could not parse reference: {text}: repository can only contain the characters `{RepositoryCharacters}`: {repository}";
        }

        if (repository.Split('/').Any(part => part is "" or "." or ".."))
        {
            return $"could not parse reference: {text}: repository has an empty part or one of dots only: {repository}";
        }

        return Uri.TryCreate($"http://{registry}/", UriKind.Absolute, out var uri)
            && uri.UserInfo.Length == 0
            && SameAuthority(uri, registry)
            ? null
            : $"could not parse reference: {text}: registries must be valid RFC 3986 URI authorities: {registry}";
    }

    private static bool SameAuthority(Uri uri, string registry) =>
        string.Equals(uri.IsDefaultPort ? uri.Authority : $"{uri.Host}:{uri.Port}", registry, StringComparison.OrdinalIgnoreCase)
        || string.Equals($"{uri.Host}:{uri.Port}", registry, StringComparison.OrdinalIgnoreCase);
}

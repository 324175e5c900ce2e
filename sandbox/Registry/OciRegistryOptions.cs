namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>How the registry asks who is there.</summary>
public enum RegistryAuthentication
{
    /// <summary>Everybody may read and write.</summary>
    None,

    /// <summary>User name and password with every request.</summary>
    Basic,

    /// <summary>A bearer token for a scope, fetched from the registry's own <c>/token</c> with user name and password.</summary>
    Token,
}

/// <summary>What kind of registry to start. The defaults give an open registry in memory on a free port.</summary>
public sealed record OciRegistryOptions
{
    /// <summary>The loopback port to listen on.</summary>
    /// <value>0: any free port.</value>
    public int Port { get; init; }

    /// <summary>Where to keep everything, so that a registry started again with the same folder goes on; null keeps it in memory.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>How the registry asks who is there.</summary>
    /// <value><see cref="RegistryAuthentication.None"/>.</value>
    public RegistryAuthentication Authentication { get; init; }

    /// <summary>The user names and their passwords.</summary>
    /// <value>Empty: with authentication on, nobody gets in.</value>
    public IReadOnlyDictionary<string, string> Users { get; init; } = new Dictionary<string, string>();

    /// <summary>With authentication on, whether everybody may still read.</summary>
    public bool AnonymousPull { get; init; }

    /// <summary>How long a bearer token lives.</summary>
    /// <value>5 minutes.</value>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The largest number of tags or repositories in one page, whatever the client asks for.</summary>
    /// <value>1000.</value>
    public int MaxPageSize { get; init; } = 1000;

    /// <summary>The largest blob accepted, in bytes.</summary>
    /// <value>1 GiB.</value>
    public long MaxBlobBytes { get; init; } = 1L << 30;

    /// <summary>The clock by which tokens expire.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>A manifest that arrived under a tag.</summary>
/// <param name="Repository">The repository's name, without the host.</param>
/// <param name="Tag">The tag.</param>
/// <param name="Digest">The manifest's digest, <c>sha256:…</c>.</param>
public sealed record RegistryPush(string Repository, string Tag, string Digest);

/// <summary>A request that the registry answered.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Status">The status code of the answer.</param>
public sealed record RegistryRequest(string Method, string Target, int Status);

using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsToolkit.Sandbox.Git;

/// <summary>How the sandbox's Git server runs. It listens on the loopback interface only.</summary>
public sealed record GitServerOptions
{
    /// <summary>Holds the bare repositories, <c>name.git</c> each; made where it is missing. A restart with the same folder serves what is in it.</summary>
    public required string RootDirectory { get; init; }

    /// <summary>The TCP port.</summary>
    /// <value>0: any free one.</value>
    public int Port { get; init; }

    /// <summary>What a client must present for every repository that has no access rule of its own.</summary>
    /// <value>null: everybody may read and push.</value>
    public GitAccess? Access { get; init; }

    /// <summary>The server's certificate with its private key.</summary>
    /// <value>null: plain HTTP.</value>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Asked before a push is taken; an answer that is not null refuses all of it with that message, as a pre-receive hook does.</summary>
    /// <value>null: every push is taken.</value>
    public Func<GitPush, CancellationToken, ValueTask<string?>>? PreReceive { get; init; }

    /// <summary>How long one request may take.</summary>
    /// <value>5 minutes.</value>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes that one request may send, unpacked.</summary>
    /// <value>1 GiB.</value>
    public long MaxRequestBytes { get; init; } = 1L << 30;

    /// <summary>The clock that deadlines run by.</summary>
    /// <value>The system's.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Receives failures of git and of event handlers.</summary>
    /// <value>Nothing is logged.</value>
    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;
}

/// <summary>What a client must present: a user name with its password, or a bearer token, or either.</summary>
public sealed record GitAccess
{
    /// <summary>The user name of basic authentication.</summary>
    public string? Username { get; init; }

    /// <summary>The password of basic authentication.</summary>
    public string? Password { get; init; }

    /// <summary>A token that is taken as <c>Authorization: Bearer …</c>.</summary>
    public string? BearerToken { get; init; }

    /// <summary>Basic authentication with this name and password.</summary>
    public static GitAccess Basic(string username, string password) => new() { Username = username, Password = password };

    /// <summary>Bearer authentication with this token.</summary>
    public static GitAccess Bearer(string token) => new() { BearerToken = token };
}

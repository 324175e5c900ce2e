using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsToolkit.Sandbox.ApiServer;

/// <summary>Settings of the sandbox API server. Every one has a default: <c>new ApiServerOptions()</c> is a working server in memory.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Folder that keeps the objects, the certificates and the token between starts.</summary>
    /// <value>Default: null, everything lives in memory only.</value>
    public string? StateDirectory { get; init; }

    /// <summary>TCP port on 127.0.0.1.</summary>
    /// <value>Default: 0, a free port.</value>
    public int Port { get; init; }

    /// <summary>Bearer token of the administrator.</summary>
    /// <value>Default: null, a random one, kept in the state directory where there is one.</value>
    public string? Token { get; init; }

    /// <summary>How the server decides who may do what.</summary>
    /// <value>Default: RBAC, as in a cluster.</value>
    public AuthorizationMode Authorization { get; init; } = AuthorizationMode.Rbac;

    /// <summary>The clock of timestamps, time-outs and bookmarks.</summary>
    /// <value>Default: the system's.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Source of randomness for names, uids, addresses and tokens: gives as many bytes as asked for.</summary>
    /// <value>Default: the system's cryptographic generator.</value>
    public Func<int, byte[]> RandomBytes { get; init; } = RandomNumberGenerator.GetBytes;

    /// <summary>Where the server logs to.</summary>
    /// <value>Default: nowhere.</value>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>How many changes of one resource a watch can resume from; older ones give 410 Expired.</summary>
    /// <value>Default: 5000.</value>
    public int WatchHistory { get; init; } = 5000;

    /// <summary>The largest accepted request body in bytes; larger ones give 413.</summary>
    /// <value>Default: 3 MiB, as kube-apiserver's.</value>
    public int MaxRequestBytes { get; init; } = 3 * 1024 * 1024;

    /// <summary>How many requests <see cref="ApiServer.Requests"/> remembers.</summary>
    /// <value>Default: 20000.</value>
    public int RequestLogSize { get; init; } = 20_000;

    /// <summary>How long an Event is kept after its last change.</summary>
    /// <value>Default: 1 hour.</value>
    public TimeSpan EventLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The pause between two bookmarks of a watch that asked for them.</summary>
    /// <value>Default: 1 minute.</value>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);
}

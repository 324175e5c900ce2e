namespace GitOpsToolkit.Sandbox.ControlPlanes;

/// <summary>How a control plane is started.</summary>
public sealed record ControlPlaneOptions
{
    /// <summary>Its programs.</summary>
    public required ControlPlaneBinaries Binaries { get; init; }

    /// <summary>The folder that holds its data, keys and logs, and is kept; null takes a temporary one that is removed at the end.</summary>
    /// <value>null</value>
    public string? Folder { get; init; }

    /// <summary>The API server's port on 127.0.0.1; 0 takes a free one.</summary>
    /// <value>0</value>
    public int Port { get; init; }

    /// <summary>The administrator's bearer token, a secret; null makes one. A restart that clients are to survive takes the one of before.</summary>
    /// <value>null</value>
    public string? AdminToken { get; init; }

    /// <summary>Users besides the administrator, each with its token.</summary>
    /// <value>none</value>
    public IReadOnlyList<StaticUser> Users { get; init; } = [];

    /// <summary>Whether the controller manager runs, where there is one.</summary>
    /// <value>true</value>
    public bool ControllerManager { get; init; } = true;

    /// <summary>The controllers that run, by the controller manager's names for them; empty for all that make sense on one machine.</summary>
    /// <value>empty</value>
    public IReadOnlyList<string> Controllers { get; init; } = [];

    /// <summary>Further arguments for the API server, such as <c>--feature-gates=…</c>.</summary>
    /// <value>none</value>
    public IReadOnlyList<string> ApiServerArguments { get; init; } = [];

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>A user that the API server knows by a token.</summary>
/// <param name="Token">The bearer token. A secret.</param>
/// <param name="Name">The user's name.</param>
/// <param name="Groups">The groups that the user is in; <c>system:authenticated</c> comes by itself.</param>
public sealed record StaticUser(string Token, string Name, params IReadOnlyList<string> Groups)
{
    /// <summary>The line of a token file.</summary>
    internal string Line => $"{Token},{Name},{Name},\"{string.Join(',', Groups)}\"";
}

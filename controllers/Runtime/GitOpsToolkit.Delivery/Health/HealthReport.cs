namespace GitOpsToolkit.Delivery.Health;

/// <summary>The state of an object, in the terms of kstatus.</summary>
public enum HealthStatus
{
    /// <summary>It is on its way to the state that its spec asks for.</summary>
    InProgress,

    /// <summary>It will not get there without help.</summary>
    Failed,

    /// <summary>It is there.</summary>
    Current,

    /// <summary>It is being deleted.</summary>
    Terminating,

    /// <summary>It does not exist.</summary>
    NotFound,

    /// <summary>Its status makes no sense.</summary>
    Unknown,
}

/// <summary>The state of an object with the reason for it.</summary>
/// <param name="Status">The state.</param>
/// <param name="Message">Why, in a few words.</param>
public sealed record HealthReport(HealthStatus Status, string Message)
{
    /// <summary>The report about an object that does not exist.</summary>
    public static readonly HealthReport NotFound = new(HealthStatus.NotFound, "Resource not found");

    internal static HealthReport Current(string message) => new(HealthStatus.Current, message);

    internal static HealthReport InProgress(string message) => new(HealthStatus.InProgress, message);

    internal static HealthReport Failed(string message) => new(HealthStatus.Failed, message);
}

using System.Text.Json;

namespace GitOpsToolkit.Kubernetes;

/// <summary>What a watch reports.</summary>
public enum WatchEventType
{
    /// <summary>An object is new (or was there when the watch began).</summary>
    Added,

    /// <summary>An object changed.</summary>
    Modified,

    /// <summary>An object is gone; the event holds its last state.</summary>
    Deleted,

    /// <summary>Nothing changed up to the object's resourceVersion.</summary>
    Bookmark,
}

/// <summary>One event of a watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object, or for a bookmark an object with nothing but a resourceVersion.</param>
public readonly record struct WatchEvent(WatchEventType Type, JsonElement Object);

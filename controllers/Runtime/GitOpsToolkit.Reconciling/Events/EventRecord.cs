using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Reconciling.Events;

/// <summary>What sort of news an event is.</summary>
public enum EventType
{
    /// <summary>Things go as they should.</summary>
    Normal,

    /// <summary>Something needs attention.</summary>
    Warning,
}

/// <summary>The object that an event is about.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Key">Its key.</param>
/// <param name="Uid">Its identity.</param>
/// <param name="ResourceVersion">Its version, or the empty string.</param>
public sealed record EventSubject(GroupVersionKind Kind, ObjectKey Key, string Uid, string ResourceVersion)
{
    /// <summary>An object of the toolkit.</summary>
    public static EventSubject Of<T>(T subject)
        where T : ToolkitObject, IToolkitKind
    {
        ArgumentNullException.ThrowIfNull(subject);
        var kind = T.ResourceKind;
        var metadata = subject.Metadata;
        return new EventSubject(
            new GroupVersionKind(kind.Group, kind.Version, kind.Kind), new ObjectKey(metadata.Namespace ?? string.Empty, metadata.Name),
            metadata.Uid ?? string.Empty, metadata.ResourceVersion ?? string.Empty);
    }
}

/// <summary>An event before it is sent.</summary>
/// <param name="Subject">The object that it is about.</param>
/// <param name="Type">What sort of news it is.</param>
/// <param name="Reason">The CamelCase reason.</param>
/// <param name="Message">The message, up to 39000 characters; the API server gets the first 1024.</param>
/// <param name="Annotations">Annotations of the event, such as <c>source.toolkit.fluxcd.io/revision</c>.</param>
public sealed record EventRecord(
    EventSubject Subject, EventType Type, string Reason, string Message, IReadOnlyDictionary<string, string> Annotations);

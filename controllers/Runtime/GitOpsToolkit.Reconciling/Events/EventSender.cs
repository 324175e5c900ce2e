using System.Globalization;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Reconciling.Events;

/// <summary>Writes core/v1 Events.</summary>
internal sealed class EventSender(KubeClient client, EventRecorderOptions options)
{
    private const int MaxMessage = 1024;

    public async Task SendAsync(EventRecord record, AdmittedEvent admitted, DateTimeOffset now, CancellationToken cancellation)
    {
        var place = record.Subject.Key.Namespace.Length > 0 ? record.Subject.Key.Namespace : "default";
        var path = ResourcePath.Core("events", place, admitted.Name);
        var write = new WriteOptions { FieldManager = options.Controller };
        if (!admitted.IsNew)
        {
            try
            {
                var patch = new JsonObject { ["count"] = admitted.Count, ["lastTimestamp"] = Format(now) };
                await client.MergePatchAsync(path, patch, write, cancellation);
                return;
            }
            catch (ApiException error) when (error.IsNotFound)
            {
                // The server forgot it; it is new again.
            }
        }

        await client.CreateAsync(path, Body(record, admitted, place, now), write, cancellation);
    }

    private JsonObject Body(EventRecord record, AdmittedEvent admitted, string place, DateTimeOffset now)
    {
        var annotations = new JsonObject();
        foreach (var (key, value) in record.Annotations)
        {
            annotations[key] = value;
        }

        var metadata = new JsonObject { ["name"] = admitted.Name, ["namespace"] = place };
        if (annotations.Count > 0)
        {
            metadata["annotations"] = annotations;
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = metadata,
            ["involvedObject"] = Reference(record.Subject),
            ["type"] = record.Type.ToString(),
            ["reason"] = record.Reason,
            ["message"] = record.Message.Length <= MaxMessage ? record.Message : string.Concat(record.Message.AsSpan(0, MaxMessage - 3), "..."),
            ["count"] = admitted.Count,
            ["firstTimestamp"] = Format(admitted.FirstSeen),
            ["lastTimestamp"] = Format(now),
            ["source"] = new JsonObject { ["component"] = options.Controller },
            ["reportingComponent"] = options.Controller,
            ["reportingInstance"] = options.Instance,
        };
    }

    private static JsonObject Reference(EventSubject subject)
    {
        var reference = new JsonObject
        {
            ["apiVersion"] = subject.Kind.ApiVersion,
            ["kind"] = subject.Kind.Kind,
            ["name"] = subject.Key.Name,
            ["uid"] = subject.Uid,
            ["resourceVersion"] = subject.ResourceVersion,
        };
        if (subject.Key.Namespace.Length > 0)
        {
            reference["namespace"] = subject.Key.Namespace;
        }

        return reference;
    }

    private static string Format(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

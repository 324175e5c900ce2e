using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>The frames of one watch stream: one JSON document a line.</summary>
internal sealed class WatchFrames(ApiCall call, Responder responder, Accepted accepted)
{
    private bool first = true;

    public async Task StartAsync()
    {
        call.Http.Response.StatusCode = 200;
        call.Http.Response.ContentType = "application/json";
        Responder.WriteWarnings(call);
        await call.Http.Response.StartAsync(call.Aborted);
        await call.Http.Response.Body.FlushAsync(call.Aborted);
    }

    public async Task SendAsync(string type, StoredObject stored, CancellationToken ct)
    {
        var json = accepted.Shape == Shape.Object && Conversion.IsIdentity(call.Resource)
            ? stored.Json
            : JsonText.Bytes(responder.Shaped(call, accepted, ObjectWriter.Served(call.Resource, stored), first));
        first = false;
        await WriteAsync(type, json, ct);
    }

    public Task SendBookmarkAsync(long revision, bool endOfInitial, CancellationToken ct)
    {
        var meta = new JsonObject { ["resourceVersion"] = revision.ToString(), ["creationTimestamp"] = null };
        if (endOfInitial)
        {
            meta["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }

        var bookmark = new JsonObject { ["kind"] = call.Resource.Kind, ["apiVersion"] = call.Resource.ApiVersion, ["metadata"] = meta };
        var shaped = accepted.Shape == Shape.Object ? bookmark : responder.Shaped(call, accepted, bookmark, first);
        return WriteAsync("BOOKMARK", JsonText.Bytes(shaped), ct);
    }

    public async Task SendErrorAsync(ApiError error, CancellationToken ct)
    {
        await WriteAsync("ERROR", JsonText.Bytes(error.ToStatus()), ct);
        await FlushAsync(ct);
    }

    public async Task FlushAsync(CancellationToken ct) => await call.Http.Response.Body.FlushAsync(ct);

    private async Task WriteAsync(string type, byte[] json, CancellationToken ct)
    {
        var writer = call.Http.Response.BodyWriter;
        byte[] frame = [.. Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"), .. json, .. "}\n"u8];
        await writer.WriteAsync(frame, ct);
    }
}

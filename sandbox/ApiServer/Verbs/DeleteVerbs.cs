using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>DELETE of an object and of a collection.</summary>
internal sealed class DeleteVerbs(Cluster cluster, ObjectDeleter deleter, ListVerb lister)
{
    public async Task<Reply> DeleteAsync(ApiCall call)
    {
        var options = await ReadAsync(call);
        var deletion = deleter.Delete(call.Resource, call.Id, options);
        return !deletion.Gone || call.Resource.ReturnsDeleted
            ? new(200, deletion.Object)
            : Reply.Plain(200, Success(call, deletion.Object));
    }

    public async Task<Reply> DeleteCollectionAsync(ApiCall call)
    {
        var options = await ReadAsync(call);
        var list = lister.List(call);
        foreach (var item in list.Items)
        {
            try
            {
                deleter.Delete(call.Resource, item.Id, options);
            }
            catch (ApiError e) when (e.Code == 404)
            {
                // Somebody else was faster.
            }
        }

        return list;
    }

    private async Task<DeleteOptions> ReadAsync(ApiCall call)
    {
        var body = await BodyReader.ReadOptionsAsync(call, cluster.Options.MaxRequestBytes);
        if (body.Text("kind") is not ("" or "DeleteOptions") and var kind)
        {
            throw new ApiError(500, "", $"no kind \"{kind}\" is registered for version \"{body.Text("apiVersion")}\" in the scheme of options");
        }

        var preconditions = body.Map("preconditions");
        var propagation = body.TextOrNull("propagationPolicy") ?? (call.Query("propagationPolicy") is { Length: > 0 } query ? query : null);
        var orphan = body["orphanDependents"] is JsonValue flag && flag.TryGetValue<bool>(out var value) ? value : (bool?)null;
        var errors = new List<FieldError>();
        if (propagation is not (null or "Foreground" or "Background" or "Orphan"))
        {
            errors.Add(FieldError.NotSupported("propagationPolicy", propagation, ["Foreground", "Background", "Orphan", "nil"]));
        }

        if (propagation is not null && orphan is not null)
        {
            errors.Add(FieldError.InvalidText("propagationPolicy", propagation, "orphanDependents and deletionPropagation cannot be both set"));
        }

        var dryRuns = body.Texts("dryRun").Concat(call.Http.Request.Query["dryRun"].OfType<string>()).Where(d => d.Length > 0).ToList();
        if (dryRuns.Exists(d => d != "All"))
        {
            errors.Add(FieldError.NotSupported("dryRun", new JsonArray([.. dryRuns.Select(d => JsonValue.Create(d))]), ["All"]));
        }

        if (errors.Count > 0)
        {
            throw ApiError.Invalid("meta.k8s.io", "DeleteOptions", "", errors);
        }

        var grace = body.Number("gracePeriodSeconds") ?? (long.TryParse(call.Query("gracePeriodSeconds"), out var seconds) ? seconds : null);
        return new()
        {
            Propagation = propagation ?? (orphan is null ? null : orphan.Value ? "Orphan" : "Background"),
            GracePeriod = grace,
            Uid = preconditions.TextOrNull("uid"),
            ResourceVersion = preconditions.TextOrNull("resourceVersion"),
            DryRun = dryRuns.Count > 0,
        };
    }

    private static JsonObject Success(ApiCall call, JsonObject gone)
    {
        var details = new JsonObject { ["name"] = call.Name };
        if (call.Resource.Group.Length > 0)
        {
            details["group"] = call.Resource.Group;
        }

        details["kind"] = call.Resource.Plural;
        details["uid"] = gone.Meta().Text("uid");
        return new()
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
    }
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Rights;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>Questions about rights: may somebody do something, and what may I do at all.</summary>
internal sealed class AccessReviewVerb(Cluster cluster)
{
    public async Task<Reply> CreateAsync(ApiCall call)
    {
        var tree = await ReviewBody.ReadAsync(cluster, call);
        if (call.Resource.Kind == "SelfSubjectRulesReview")
        {
            return Reply.Plain(201, Rules(call, tree));
        }

        var isSelf = call.Resource.Kind == "SelfSubjectAccessReview";
        var spec = tree.Child("spec");
        List<FieldError> errors = [.. SpecErrors(spec, isSelf), .. MetaErrors(call, tree, spec)];
        if (errors.Count > 0)
        {
            // The real server has lost the kind by the time it answers.
            throw ApiError.Invalid(call.Resource.Group, "", "", errors);
        }

        if (call.Namespace.Length > 0 && tree.Meta().Text("namespace") != call.Namespace)
        {
            throw ApiError.BadRequest($"spec.resourceAttributes.namespace must match namespace: {call.Namespace}");
        }

        var decision = cluster.Access.Authorizer.Authorize(Asked(spec, isSelf ? call.User : Subject(spec)));
        var status = new JsonObject { ["allowed"] = decision.IsAllowed };
        status.Put("reason", decision.Reason.Length > 0 ? JsonValue.Create(decision.Reason) : null);
        tree["status"] = status;
        return Reply.Plain(201, tree);
    }

    private JsonObject Rules(ApiCall call, JsonObject tree)
    {
        var space = tree.Map("spec").Text("namespace");
        if (space.Length == 0)
        {
            throw ApiError.BadRequest("no namespace on request");
        }

        var (rules, fault) = cluster.Access.Authorizer.RulesOf(call.User, space);
        var status = new JsonObject
        {
            ["resourceRules"] = new JsonArray([.. rules.Where(r => r.Resources.Length > 0).Select(ResourceRule)]),
            ["nonResourceRules"] = new JsonArray([.. rules.Where(r => r.Urls.Length > 0).Select(PathRule)]),
            ["incomplete"] = false,
        };
        status.Put("evaluationError", fault.Length > 0 ? JsonValue.Create(fault) : null);
        return new()
        {
            ["kind"] = call.Resource.Kind,
            ["apiVersion"] = call.Resource.ApiVersion,
            ["metadata"] = new JsonObject { ["creationTimestamp"] = null },
            ["spec"] = new JsonObject(),
            ["status"] = status,
        };
    }

    private static JsonNode ResourceRule(PolicyRule rule)
    {
        var node = new JsonObject { ["verbs"] = Array(rule.Verbs), ["apiGroups"] = Array(rule.Groups), ["resources"] = Array(rule.Resources) };
        node.Put("resourceNames", rule.Names.Length > 0 ? Array(rule.Names) : null);
        return node;
    }

    private static JsonNode PathRule(PolicyRule rule) => new JsonObject { ["verbs"] = Array(rule.Verbs), ["nonResourceURLs"] = Array(rule.Urls) };

    private static JsonArray Array(string[] values) => new([.. values.Select(v => JsonValue.Create(v))]);

    private static IEnumerable<FieldError> SpecErrors(JsonObject spec, bool isSelf)
    {
        var (resource, path) = (spec["resourceAttributes"], spec["nonResourceAttributes"]);
        if (resource is not null && path is not null)
        {
            yield return FieldError.Invalid("spec.nonResourceAttributes", path, "cannot be specified in combination with resourceAttributes");
        }

        if (resource is null && path is null)
        {
            yield return FieldError.Invalid(
                "spec.resourceAttributes", null, "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }

        if (!isSelf && spec.Text("user").Length == 0 && spec.List("groups") is not { Count: > 0 })
        {
            yield return FieldError.InvalidText("spec.user", "", "at least one of user or group must be specified");
        }
    }

    private static IEnumerable<FieldError> MetaErrors(ApiCall call, JsonObject tree, JsonObject spec)
    {
        var local = call.Resource.Namespaced;
        var meta = tree.Meta();
        if (meta.Any(p => p.Value is not null && p.Key != "managedFields" && !(local && p.Key == "namespace")))
        {
            yield return FieldError.Invalid("metadata", meta, local ? "must be empty except for namespace" : "must be empty");
        }

        if (!local)
        {
            yield break;
        }

        if (spec.Map("resourceAttributes") is { } asked && asked.Text("namespace") != meta.Text("namespace"))
        {
            yield return FieldError.InvalidText("spec.resourceAttributes.namespace", asked.Text("namespace"), "must match metadata.namespace");
        }

        if (spec["nonResourceAttributes"] is { } path)
        {
            yield return FieldError.Invalid("spec.nonResourceAttributes", path, "disallowed on this kind of request");
        }
    }

    private static AccessRequest Asked(JsonObject spec, UserInfo user)
    {
        if (spec.Map("resourceAttributes") is not { } asked)
        {
            var path = spec.Map("nonResourceAttributes");
            return new(user, path.Text("verb")) { Path = path.Text("path") };
        }

        return new(user, asked.Text("verb"))
        {
            Group = asked.Text("group"),
            Resource = asked.Text("resource"),
            Subresource = asked.Text("subresource"),
            Namespace = asked.Text("namespace"),
            Name = asked.Text("name"),
        };
    }

    private static UserInfo Subject(JsonObject spec) => new(
        spec.Text("user"), spec.Text("uid"), [.. spec.Texts("groups")],
        (spec.Map("extra") ?? []).ToDictionary(e => e.Key, e => (IReadOnlyList<string>)[.. spec.Map("extra").Texts(e.Key)], StringComparer.Ordinal));
}

/// <summary>The body of a review: read as any new object is, but never stored.</summary>
internal static class ReviewBody
{
    public static async Task<JsonObject> ReadAsync(Cluster cluster, ApiCall call)
    {
        var options = WriteOptions.Read(call, "CreateOptions");
        var duplicates = new List<string>();
        var tree = await BodyReader.ReadObjectAsync(call, cluster.Options.MaxRequestBytes, duplicates);
        BodyReader.CheckKind(call.Resource, tree);
        var context = WriteContext.Of(call, options, duplicates);
        Schemas.Decode(call.Resource, tree, context);
        tree.Meta().Remove("creationTimestamp");
        Schemas.Track(call.Resource, null, tree, context, cluster.Ids.Now);
        tree.Meta()["creationTimestamp"] = null;
        return tree;
    }
}

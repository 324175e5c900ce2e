using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>Questions about users and rights, and the tokens of service accounts. Without RBAC everybody known may do everything.</summary>
internal sealed class ReviewVerbs(Cluster cluster)
{
    private const string Why = "the sandbox does not enforce RBAC";

    public async Task<Reply> CreateAsync(ApiCall call)
    {
        var tree = await BodyReader.ReadObjectAsync(call, cluster.Options.MaxRequestBytes, []);
        BodyReader.CheckKind(call.Resource, tree);
        tree.Meta()["creationTimestamp"] = null;
        tree["status"] = call.Resource.Kind switch
        {
            "SelfSubjectRulesReview" => Rules(),
            "TokenReview" => Token(tree),
            "SelfSubjectReview" => new JsonObject { ["userInfo"] = call.User.ToJson() },
            _ => new JsonObject { ["allowed"] = true, ["reason"] = Why },
        };
        return Reply.Plain(201, tree);
    }

    /// <summary>The token subresource of a service account.</summary>
    public async Task<Reply> RequestTokenAsync(ApiCall call)
    {
        var account = cluster.Store.Get(call.Id) ?? throw call.Resource.NotFound(call.Name);
        var tree = await BodyReader.ReadObjectAsync(call, cluster.Options.MaxRequestBytes, [], "TokenRequest");
        var spec = tree.Child("spec");
        var audiences = spec.Texts("audiences").ToList();
        if (audiences.Count == 0)
        {
            audiences.Add(TokenSigner.Issuer);
        }

        var lifetime = Math.Clamp(spec.Number("expirationSeconds") ?? 3600, 600, 1L << 32);
        var expires = cluster.Ids.Now.AddSeconds(lifetime);
        spec["audiences"] = new JsonArray([.. audiences.Select(a => JsonValue.Create(a))]);
        spec["expirationSeconds"] = lifetime;
        spec["boundObjectRef"] ??= null;
        return Reply.Plain(201, new JsonObject
        {
            ["kind"] = "TokenRequest",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = call.Name,
                ["namespace"] = call.Namespace,
                ["creationTimestamp"] = cluster.Ids.NowText,
            },
            ["spec"] = spec.DeepClone(),
            ["status"] = new JsonObject
            {
                ["token"] = cluster.Signer.Issue(call.Namespace, call.Name, account.Uid, audiences, expires),
                ["expirationTimestamp"] = Ids.Format(expires),
            },
        });
    }

    private JsonObject Token(JsonObject review)
    {
        var spec = review.Map("spec");
        if (cluster.Authenticator.FromToken(spec.Text("token")) is not { } user)
        {
            return new() { ["user"] = new JsonObject(), ["error"] = "invalid bearer token" };
        }

        var status = new JsonObject { ["authenticated"] = true, ["user"] = user.ToJson() };
        if (spec.List("audiences") is { Count: > 0 } audiences)
        {
            status["audiences"] = audiences.DeepClone();
        }

        return status;
    }

    private static JsonObject Rules() => new()
    {
        ["resourceRules"] = new JsonArray(new JsonObject
        {
            ["verbs"] = new JsonArray("*"),
            ["apiGroups"] = new JsonArray("*"),
            ["resources"] = new JsonArray("*"),
        }),
        ["nonResourceRules"] = new JsonArray(new JsonObject { ["verbs"] = new JsonArray("*"), ["nonResourceURLs"] = new JsonArray("*") }),
        ["incomplete"] = false,
    };
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Rights;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>Whose a token is, who I am, and the tokens of service accounts.</summary>
internal sealed class TokenVerbs(Cluster cluster)
{
    public async Task<Reply> CreateAsync(ApiCall call)
    {
        var tree = await ReviewBody.ReadAsync(cluster, call);
        tree["status"] = call.Resource.Kind == "TokenReview" ? Review(tree) : new JsonObject { ["userInfo"] = call.User.ToJson() };
        return Reply.Plain(201, tree);
    }

    /// <summary>The token subresource of a service account.</summary>
    public async Task<Reply> RequestAsync(ApiCall call)
    {
        var tree = await BodyReader.ReadObjectAsync(call, cluster.Options.MaxRequestBytes, [], "TokenRequest");
        var spec = tree.Child("spec");
        var lifetime = spec.Number("expirationSeconds") ?? 3600;
        CheckLifetime(lifetime);
        var account = cluster.Store.Get(call.Id) ?? throw call.Resource.NotFound(call.Name);
        CheckBinding(call, spec.Map("boundObjectRef"));
        var audiences = spec.Texts("audiences").ToList();
        if (audiences.Count == 0)
        {
            audiences.Add(TokenSigner.Issuer);
        }

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
                ["token"] = cluster.Access.Signer.Issue(call.Namespace, call.Name, account.Uid, audiences, expires),
                ["expirationTimestamp"] = Ids.Format(expires),
            },
        });
    }

    private static void CheckLifetime(long seconds)
    {
        const string Field = "spec.expirationSeconds";
        List<FieldError> errors = [];
        if (seconds < 600)
        {
            errors.Add(FieldError.Invalid(Field, JsonValue.Create(seconds), "may not specify a duration less than 10 minutes"));
        }

        if (seconds > 1L << 32)
        {
            errors.Add(FieldError.Invalid(Field, JsonValue.Create(seconds), "may not specify a duration larger than 2^32 seconds"));
        }

        if (errors.Count > 0)
        {
            throw ApiError.Invalid("authentication.k8s.io", "TokenRequest", "", errors);
        }
    }

    /// <summary>A token may be bound to a pod of the account or to a secret, which must be there.</summary>
    private void CheckBinding(ApiCall call, JsonObject? bound)
    {
        if (bound is null)
        {
            return;
        }

        var (kind, name, uid) = (bound.Text("kind"), bound.Text("name"), bound.Text("uid"));
        var plural = (bound.Text("apiVersion"), kind) switch
        {
            ("v1" or "", "Pod") => "pods",
            ("v1" or "", "Secret") => "secrets",
            var (version, _) => throw ApiError.BadRequest($"cannot bind token to object of type {GroupVersion(version)}, Kind={kind}"),
        };
        var target = cluster.Store.Get(new ObjectId("/" + plural, call.Namespace, name)) ?? throw ApiError.NotFound(plural, "", plural, name);
        if (kind == "Pod" && target.Parse().Map("spec").Text("serviceAccountName") != call.Name)
        {
            throw ApiError.BadRequest(
                $"cannot bind token for serviceaccount \"{call.Name}\" to pod running with different serviceaccount name.");
        }

        if (uid.Length > 0 && uid != target.Uid)
        {
            throw ApiError.Conflict(kind, "", kind, name,
                $"the UID in the bound object reference ({uid}) does not match the UID in record. The object might have been deleted and then recreated");
        }
    }

    private static string GroupVersion(string apiVersion) => apiVersion.Contains('/', StringComparison.Ordinal) ? apiVersion : "/" + apiVersion;

    private JsonObject Review(JsonObject review)
    {
        var spec = review.Map("spec");
        if (spec.Text("token").Length == 0)
        {
            throw ApiError.BadRequest("token is required for TokenReview in authentication");
        }

        List<string> wanted = spec.List("audiences") is { Count: > 0 } ? [.. spec.Texts("audiences")] : [TokenSigner.Issuer];
        if (cluster.Access.Authenticator.FromToken(spec.Text("token"), wanted) is not var (user, audiences))
        {
            var error = "invalid bearer token";
            if (cluster.Access.Signer.Check(spec.Text("token")) is { } claims && !claims.Audiences.Intersect(wanted, StringComparer.Ordinal).Any())
            {
                error = $"[{error}, token audiences {PolicyRule.Quoted(claims.Audiences)} is invalid for the target audiences {PolicyRule.Quoted(wanted)}]";
            }

            return new() { ["user"] = new JsonObject(), ["error"] = error };
        }

        return new()
        {
            ["authenticated"] = true,
            ["user"] = user.ToJson(),
            ["audiences"] = new JsonArray([.. audiences.Select(a => JsonValue.Create(a))]),
        };
    }
}

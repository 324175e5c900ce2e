using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Rights;

/// <summary>Keeps users from granting what they do not hold: writes of roles and bindings need the same rights, or <c>escalate</c> or <c>bind</c>.</summary>
internal sealed class EscalationGuard(Authorizer authorizer)
{
    private const string Group = "rbac.authorization.k8s.io";

    private static readonly PolicyRule[] Everything = [new(["*"], ["*"], ["*"], [], []), new(["*"], [], [], [], ["*"])];
    private static readonly string[] Bookkeeping = ["finalizers", "ownerReferences", "managedFields", "resourceVersion"];

    /// <summary>Checks one write.</summary>
    /// <param name="resource">The resource; any but roles and bindings is passed.</param>
    /// <param name="space">The request's namespace.</param>
    /// <param name="before">The object before the write; null for a new one.</param>
    /// <param name="tree">The object to be.</param>
    /// <param name="requester">Who writes.</param>
    /// <exception cref="Http.ApiError">403, or 404 for a role that is not there.</exception>
    public void Check(ResourceDefinition resource, string space, JsonObject? before, JsonObject tree, Requester requester)
    {
        if (resource.Group != Group || requester.User.Groups.Contains(Authorizer.Masters, StringComparer.Ordinal)
            || before is not null && IsBookkeepingOnly(before, tree))
        {
            return;
        }

        var name = tree.Meta().Text("name");
        if (resource.Plural is "roles" or "clusterroles")
        {
            CheckRole(resource, space, before, tree, requester, name);
            return;
        }

        var (kind, role) = (tree.Map("roleRef").Text("kind"), tree.Map("roleRef").Text("name"));
        if (IsAllowed(requester.User, "bind", kind == "Role" ? "roles" : "clusterroles", space, role) && kind is "Role" or "ClusterRole")
        {
            return;
        }

        var rules = authorizer.RulesOfRole(kind == "Role" ? space : "", role)
            ?? throw Http.ApiError.NotFound($"{kind.ToLowerInvariant()}s.{Group}", Group, $"{kind.ToLowerInvariant()}s", role);
        Require(resource, name, space, requester.User, rules, null);
    }

    /// <summary>An update or apply that creates an object needs the right to create, too.</summary>
    public void CheckCreate(ResourceDefinition resource, string space, string name, Requester requester)
    {
        var request = new AccessRequest(requester.User, "create") { Group = resource.Group, Resource = resource.Plural, Namespace = space, Name = name };
        if (!requester.IsCreate && authorizer.Authorize(request) is { IsAllowed: false } refused)
        {
            throw resource.Forbidden(name, refused.Reason);
        }
    }

    private void CheckRole(ResourceDefinition resource, string space, JsonObject? before, JsonObject tree, Requester requester, string name)
    {
        if (IsAllowed(requester.User, "escalate", resource.Plural, space, requester.Name))
        {
            return;
        }

        Require(resource, name, space, requester.User, PolicyRule.AllOf(tree), null);
        if (Aggregates(tree) || before is not null && Aggregates(before))
        {
            Require(resource, name, space, requester.User, Everything, "must have cluster-admin privileges to use the aggregationRule");
        }
    }

    private void Require(ResourceDefinition resource, string name, string space, UserInfo user, IReadOnlyList<PolicyRule> wanted, string? message)
    {
        var (held, fault) = authorizer.RulesOf(user, space);
        var missing = RuleCoverage.Missing(held, wanted);
        if (missing.Count == 0)
        {
            return;
        }

        message ??= $"user \"{user.Name}\" (groups={PolicyRule.Quoted(user.Groups)}) is attempting to grant RBAC permissions not currently held:\n"
            + string.Join('\n', missing) + (fault.Length == 0 ? "" : $"; resolution errors: [{fault}]");
        throw resource.Forbidden(name, message);
    }

    private bool IsAllowed(UserInfo user, string verb, string plural, string space, string name) => authorizer
        .Authorize(new(user, verb) { Group = Group, Resource = plural, Namespace = space, Name = name }).IsAllowed;

    private static bool Aggregates(JsonObject role) => role.Map("aggregationRule").List("clusterRoleSelectors") is { Count: > 0 };

    /// <summary>Finalizers and owners may go, whatever the role grants: else nothing could clean up after it.</summary>
    private static bool IsBookkeepingOnly(JsonObject before, JsonObject tree) => JsonNode.DeepEquals(Bare(before), Bare(tree));

    private static JsonObject Bare(JsonObject tree)
    {
        var bare = (JsonObject)tree.DeepClone();
        foreach (var field in Bookkeeping)
        {
            bare.Meta().Remove(field);
        }

        return bare;
    }
}

/// <summary>Who sends a write, the name in its path, and whether it is a create (and not an update that finds nothing to update).</summary>
internal sealed record Requester(UserInfo User, string Name, bool IsCreate);

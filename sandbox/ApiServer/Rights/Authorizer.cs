using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Http;

namespace GitOpsToolkit.Sandbox.ApiServer.Rights;

/// <summary>An answer to "may they?": why, or what stood in the way of finding out.</summary>
internal readonly record struct Decision(bool IsAllowed, string Reason);

/// <summary>Decides who may do what.</summary>
internal sealed class Authorizer(RoleIndex index, AuthorizationMode mode)
{
    /// <summary>The group whose members may do everything, whatever the roles say.</summary>
    public const string Masters = "system:masters";

    private static readonly string[] Any = ["*"];

    /// <summary>Whether requests without a credential are decided upon (as by anonymous) instead of being refused.</summary>
    public bool KnowsAnonymous => mode == AuthorizationMode.Rbac;

    public Decision Authorize(AccessRequest request)
    {
        if (mode == AuthorizationMode.AlwaysAllow || request.User.Groups.Contains(Masters, StringComparer.Ordinal))
        {
            return new(true, "");
        }

        List<string>? faults = null;
        Grant? found = null;
        index.Visit(request.User, request.Namespace, grant =>
        {
            if (grant.Rule is null)
            {
                (faults ??= []).Add(grant.Fault);
            }
            else if (grant.Rule.Allows(request))
            {
                found = grant;
            }

            return found is not null;
        });
        if (found is { } granted)
        {
            return new(true, $"RBAC: allowed by {granted.Binding.Describe(granted.Subject)}");
        }

        return new(false, faults is null ? "" : "RBAC: " + Aggregate(faults));
    }

    /// <exception cref="ApiError">403: they may not.</exception>
    public void Require(AccessRequest request)
    {
        var decision = Authorize(request);
        if (!decision.IsAllowed)
        {
            var why = decision.Reason.Length == 0 ? request.Refusal : $"{request.Refusal}: {decision.Reason}";
            throw ApiError.Forbidden(
                request.Group.Length == 0 ? request.Resource : $"{request.Resource}.{request.Group}", request.Group, request.Resource, request.Name, why);
        }
    }

    /// <summary>All rules of a user in a namespace, and the faults met while collecting them.</summary>
    public (IReadOnlyList<PolicyRule> Rules, string Fault) RulesOf(UserInfo user, string space)
    {
        if (mode == AuthorizationMode.AlwaysAllow)
        {
            return ([new(Any, Any, Any, [], []), new(Any, [], [], [], Any)], "");
        }

        var grants = new List<Grant>();
        index.Visit(user, space, grant =>
        {
            grants.Add(grant);
            return false;
        });
        var faults = grants.Where(g => g.Rule is null).Select(g => g.Fault).ToList();
        return ([.. grants.Select(g => g.Rule).OfType<PolicyRule>()], faults.Count == 0 ? "" : Aggregate(faults));
    }

    /// <summary>The rules of a role; null where there is none.</summary>
    public IReadOnlyList<PolicyRule>? RulesOfRole(string space, string name) => index.RulesOf(space, name);

    private static string Aggregate(List<string> faults)
    {
        var different = faults.Distinct(StringComparer.Ordinal).ToList();
        return different.Count == 1 ? different[0] : $"[{string.Join(", ", different)}]";
    }
}

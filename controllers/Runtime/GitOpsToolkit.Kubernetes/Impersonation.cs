namespace GitOpsToolkit.Kubernetes;

/// <summary>Whose rights a request runs with. An impersonation without a user cannot be made.</summary>
public sealed record Impersonation
{
    private Impersonation(string user, IReadOnlyList<string> groups)
    {
        User = user;
        Groups = groups;
    }

    /// <summary>The user name; never empty.</summary>
    public string User { get; }

    /// <summary>The groups; none of them empty.</summary>
    public IReadOnlyList<string> Groups { get; }

    /// <summary>Impersonates a user. Throws <see cref="ArgumentException"/> on an empty name, an empty group or a control character.</summary>
    public static Impersonation As(string user, params IReadOnlyList<string> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Check(user, nameof(user));
        foreach (var group in groups)
        {
            Check(group, nameof(groups));
        }

        return new Impersonation(user, [.. groups]);
    }

    /// <summary>Impersonates a service account, with the groups that the API server gives to one.</summary>
    public static Impersonation ServiceAccount(string @namespace, string name)
    {
        Check(@namespace, nameof(@namespace));
        Check(name, nameof(name));
        return As(
            $"system:serviceaccount:{@namespace}:{name}",
            "system:serviceaccounts", $"system:serviceaccounts:{@namespace}", "system:authenticated");
    }

    private static void Check(string value, string parameter)
    {
        if (string.IsNullOrWhiteSpace(value) || value.Any(char.IsControl))
        {
            throw new ArgumentException("An identity to impersonate must be a non-empty text without control characters.", parameter);
        }
    }
}

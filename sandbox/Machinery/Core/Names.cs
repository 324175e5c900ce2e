using System.Text.RegularExpressions;

namespace GitOpsToolkit.Sandbox.Machinery;

/// <summary>The API's rules for names, labels and annotations; each check returns the server's messages, none if the text is fine.</summary>
public static partial class Names
{
    private const string LabelRule =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
        + "character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string SubdomainRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string Label1035Rule =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an "
        + "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private const string NamePartRule =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string LabelValueRule =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
        + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    /// <summary>RFC 1123 label: at most 63 characters.</summary>
    public static IReadOnlyList<string> Label(string value) => Check(value, 63, LabelPattern(), LabelRule);

    /// <summary>RFC 1123 subdomain: at most 253 characters.</summary>
    public static IReadOnlyList<string> Subdomain(string value) => Check(value, 253, SubdomainPattern(), SubdomainRule);

    /// <summary>RFC 1035 label, as Service names must be: at most 63 characters.</summary>
    public static IReadOnlyList<string> Label1035(string value) => Check(value, 63, Label1035Pattern(), Label1035Rule);

    /// <summary>Value of a label.</summary>
    public static IReadOnlyList<string> LabelValue(string value)
    {
        var faults = new List<string>();
        if (value.Length > 63)
        {
            faults.Add("must be no more than 63 bytes");
        }

        if (!LabelValuePattern().IsMatch(value))
        {
            faults.Add(LabelValueRule);
        }

        return faults;
    }

    /// <summary>Key of a label or annotation: an optional subdomain, a slash, a name.</summary>
    public static IReadOnlyList<string> QualifiedName(string value)
    {
        var parts = value.Split('/');
        var faults = new List<string>();
        if (parts.Length > 2)
        {
            faults.Add("a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
                + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
            return faults;
        }

        if (parts.Length == 2)
        {
            if (parts[0].Length == 0)
            {
                faults.Add("prefix part must be non-empty");
            }
            else
            {
                faults.AddRange(Subdomain(parts[0]).Select(fault => $"prefix part {fault}"));
            }
        }

        var name = parts[^1];
        if (name.Length == 0)
        {
            faults.Add("name part must be non-empty");
        }
        else if (name.Length > 63)
        {
            faults.Add("name part must be no more than 63 bytes");
        }

        if (!NamePattern().IsMatch(name))
        {
            faults.Add(NamePartRule);
        }

        return faults;
    }

    /// <summary>Path segment, as RBAC names must be.</summary>
    public static IReadOnlyList<string> PathSegment(string value) => value switch
    {
        "." or ".." => [$"may not be '{value}'"],
        _ => [.. "/%".Where(c => value.Contains(c)).Select(c => $"may not contain '{c}'")],
    };

    private static List<string> Check(string value, int longest, Regex pattern, string rule)
    {
        var faults = new List<string>();
        if (value.Length > longest)
        {
            faults.Add($"must be no more than {longest} characters");
        }

        if (!pattern.IsMatch(value))
        {
            faults.Add(rule);
        }

        return faults;
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.NonBacktracking)]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex(@"\A[a-z]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Label1035Pattern();

    [GeneratedRegex(@"\A([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z", RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z", RegexOptions.NonBacktracking)]
    private static partial Regex LabelValuePattern();
}

using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on URLs.</summary>
internal static class UrlFunctions
{
    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Of("urlParse", [Text], a => Parse(a[0].Bytes)),
        Of("urlJoin", [Dictionary], a => GoValue.OfBytes(Join(a[0].Map ?? new GoMap()))),
    ];

    private static GoValue Parse(string text)
    {
        GoUrl url;
        try
        {
            url = GoUrl.Parse(text);
        }
        catch (GoException error)
        {
            throw new GoException($"unable to parse url: {error.Message}");
        }

        (string Name, string Value)[] parts =
        [
            ("scheme", url.Scheme), ("host", url.Host), ("hostname", url.HostName), ("path", url.Path), ("query", url.Query),
            ("opaque", url.Opaque), ("fragment", url.Fragment), ("userinfo", url.UserInfo),
        ];
        return GoValue.MapOf(parts.Select(part => KeyValuePair.Create(GoValue.OfBytes(part.Name), GoValue.OfBytes(part.Value))));
    }

    private static string Join(GoMap parts)
    {
        var url = new GoUrl
        {
            Scheme = Part(parts, "scheme"),
            Host = Part(parts, "host"),
            Path = Part(parts, "path"),
            Query = Part(parts, "query"),
            Opaque = Part(parts, "opaque"),
            Fragment = Part(parts, "fragment"),
        };
        var user = Part(parts, "userinfo");
        if (user.Length == 0)
        {
            return url.ToString();
        }

        try
        {
            var parsed = GoUrl.Parse($"proto://{user}@host");
            return (url with { User = parsed.User, Password = parsed.Password }).ToString();
        }
        catch (GoException error)
        {
            throw new GoException($"unable to parse userinfo in dict: {error.Message}");
        }
    }

    private static string Part(GoMap parts, string name)
    {
        if (!parts.TryGet(name, out var value))
        {
            return "";
        }

        if (!value.IsValid)
        {
            throw new GoException(TypeFunctions.NilPointer);
        }

        return value.Kind == GoKind.String
            ? value.Bytes
            : throw new GoException($"unable to parse {name} key, must be of type string, but {TypeFunctions.KindOf(value)} found");
    }
}

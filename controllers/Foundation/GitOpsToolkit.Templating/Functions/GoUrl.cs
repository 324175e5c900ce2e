using System.Globalization;
using System.Text;
using GitOpsToolkit.Templating.Printing;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>Go's net/url: reads and writes URLs, which are looser than .NET's.</summary>
internal sealed record GoUrl
{
    /// <summary>Where in a URL a text stands, which decides what is escaped there.</summary>
    private enum Part
    {
        Path,
        User,
        Host,
        Query,
        Fragment,
    }

    internal string Scheme { get; init; } = "";

    internal string Opaque { get; init; } = "";

    internal string? User { get; init; }

    internal string? Password { get; init; }

    internal string Host { get; init; } = "";

    internal string Path { get; init; } = "";

    internal string Query { get; init; } = "";

    internal string Fragment { get; init; } = "";

    private bool HasEmptyQuery { get; init; }

    private bool OmitsHost { get; init; }

    /// <summary>The user and password, escaped.</summary>
    internal string UserInfo =>
        User is null ? "" : Escape(User, Part.User) + (Password is null ? "" : ":" + Escape(Password, Part.User));

    /// <summary>The host without port and brackets.</summary>
    internal string HostName
    {
        get
        {
            var colon = Host.LastIndexOf(':');
            var host = colon >= 0 && IsPort(Host[colon..]) ? Host[..colon] : Host;
            return host is ['[', .., ']'] ? host[1..^1] : host;
        }
    }

    internal static string QueryEscape(string text) => Escape(text, Part.Query);

    /// <summary>Reads a URL.</summary>
    /// <exception cref="GoException">It is none.</exception>
    internal static GoUrl Parse(string text)
    {
        var mark = text.IndexOf('#', StringComparison.Ordinal);
        var (body, fragment) = mark < 0 ? (text, "") : (text[..mark], text[(mark + 1)..]);
        try
        {
            return ParseBody(body) with { Fragment = Unescape(fragment, Part.Fragment) };
        }
        catch (FormatException error)
        {
            throw new GoException($"parse {GoQuote.Quote(body)}: {error.Message}");
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder(Scheme.Length == 0 ? "" : Scheme + ":");
        if (Opaque.Length > 0)
        {
            text.Append(Opaque);
        }
        else
        {
            AppendAuthorityAndPath(text);
        }

        text.Append(HasEmptyQuery || Query.Length > 0 ? "?" + Query : "");
        return text.Append(Fragment.Length > 0 ? "#" + Escape(Fragment, Part.Fragment) : "").ToString();
    }

    private void AppendAuthorityAndPath(StringBuilder text)
    {
        if ((Scheme.Length > 0 || Host.Length > 0 || User is not null) && !(OmitsHost && Host.Length == 0 && User is null))
        {
            text.Append(Host.Length > 0 || Path.Length > 0 || User is not null ? "//" : "");
            text.Append(User is null ? "" : UserInfo + "@").Append(Escape(Host, Part.Host));
        }

        var path = Path == "*" ? Path : Escape(Path, Part.Path);
        text.Append(path.Length > 0 && path[0] != '/' && Host.Length > 0 ? "/" : "");

        // A colon in the first part of a relative path would end a scheme.
        text.Append(text.Length == 0 && path.Split('/')[0].Contains(':', StringComparison.Ordinal) ? "./" : "").Append(path);
    }

    private static GoUrl ParseBody(string text)
    {
        if (text.Any(c => c is < ' ' or '\x7f'))
        {
            throw new FormatException("net/url: invalid control character in URL");
        }

        if (text == "*")
        {
            return new GoUrl { Path = "*" };
        }

        var (scheme, rest) = SplitScheme(text);
        var mark = rest.IndexOf('?', StringComparison.Ordinal);
        var query = mark < 0 ? "" : rest[(mark + 1)..];
        var url = new GoUrl { Scheme = scheme.ToLowerInvariant(), Query = query, HasEmptyQuery = mark >= 0 && query.Length == 0 };
        rest = mark < 0 ? rest : rest[..mark];
        if (!rest.StartsWith('/'))
        {
            if (url.Scheme.Length > 0)
            {
                return url with { Opaque = rest };
            }

            if (rest.Split('/')[0].Contains(':', StringComparison.Ordinal))
            {
                throw new FormatException("first path segment in URL cannot contain colon");
            }
        }

        if (rest.StartsWith("//", StringComparison.Ordinal) && (url.Scheme.Length > 0 || !rest.StartsWith("///", StringComparison.Ordinal)))
        {
            var slash = rest.IndexOf('/', 2);
            var authority = slash < 0 ? rest[2..] : rest[2..slash];
            return url.WithAuthority(authority) with { Path = Unescape(slash < 0 ? "" : rest[slash..], Part.Path) };
        }

        return url with { OmitsHost = url.Scheme.Length > 0 && rest.StartsWith('/'), Path = Unescape(rest, Part.Path) };
    }

    private static (string Scheme, string Body) SplitScheme(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == ':')
            {
                return i == 0 ? throw new FormatException("missing protocol scheme") : (text[..i], text[(i + 1)..]);
            }

            if (!char.IsAsciiLetter(text[i]) && (i == 0 || !(char.IsAsciiDigit(text[i]) || text[i] is '+' or '-' or '.')))
            {
                break;
            }
        }

        return ("", text);
    }

    private GoUrl WithAuthority(string authority)
    {
        var at = authority.LastIndexOf('@');
        var host = authority[(at + 1)..];
        CheckPort(host);
        var url = this with { Host = Unescape(host, Part.Host) };
        if (at < 0)
        {
            return url;
        }

        var user = authority[..at];
        if (!user.All(c => char.IsAsciiLetterOrDigit(c) || "-._:~!$&'()*+,;=%@".Contains(c, StringComparison.Ordinal)))
        {
            throw new FormatException("net/url: invalid userinfo");
        }

        var colon = user.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? url with { User = Unescape(user, Part.User) }
            : url with { User = Unescape(user[..colon], Part.User), Password = Unescape(user[(colon + 1)..], Part.User) };
    }

    private static void CheckPort(string host)
    {
        string port;
        if (host.StartsWith('['))
        {
            var close = host.LastIndexOf(']');
            port = close < 0 ? throw new FormatException("missing ']' in host") : host[(close + 1)..];
        }
        else
        {
            var colon = host.LastIndexOf(':');
            port = colon < 0 ? "" : host[colon..];
        }

        if (!IsPort(port))
        {
            throw new FormatException($"invalid port {GoQuote.Quote(port)} after host");
        }
    }

    private static bool IsPort(string port) => port.Length == 0 || (port[0] == ':' && port.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0);

    private static string Unescape(string text, Part part)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                if (part == Part.Host && text[i] < 0x80 && IsEscaped(text[i], part))
                {
                    throw new FormatException($"invalid character {GoQuote.Quote(text.Substring(i, 1))} in host name");
                }

                plain.Append(text[i]);
                continue;
            }

            var escape = text[i..Math.Min(i + 3, text.Length)];
            if (escape.Length < 3 || !char.IsAsciiHexDigit(escape[1]) || !char.IsAsciiHexDigit(escape[2])
                || (part == Part.Host && escape[1] < '8' && escape != "%25"))
            {
                throw new FormatException($"invalid URL escape {GoQuote.Quote(escape)}");
            }

            plain.Append((char)int.Parse(escape.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            i += 2;
        }

        return plain.ToString();
    }

    private static string Escape(string text, Part part)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            escaped.Append(c == ' ' && part == Part.Query ? "+"
                : IsEscaped(c, part) ? string.Create(CultureInfo.InvariantCulture, $"%{(int)c:X2}") : c.ToString());
        }

        return escaped.ToString();
    }

    private static bool IsEscaped(char c, Part part)
    {
        if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~')
        {
            return false;
        }

        return part switch
        {
            Part.Host => !"!$&'()*+,;=:[]<>\"".Contains(c, StringComparison.Ordinal),
            Part.Path => !"$&+,/:;=@".Contains(c, StringComparison.Ordinal),
            Part.User => !"$&+,;=".Contains(c, StringComparison.Ordinal),
            Part.Fragment => !"$&+,/:;=?@!()*".Contains(c, StringComparison.Ordinal),
            _ => true,
        };
    }
}

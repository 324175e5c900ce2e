using System.Net;
using System.Security.Authentication;

namespace GitOpsToolkit.Git;

/// <summary>Reads what HTTP tells of a failure, in the words that git has for it.</summary>
internal static class HttpFailures
{
    private const string Discovery = "/info/refs?service=git-upload-pack";

    /// <summary>The kind of failure and what is said of it; null for what is no failure of the network.</summary>
    public static (GitFailure Failure, string Said)? Read(Exception error) => error switch
    {
        GitException { Failure: var failure, Message: var said } => (failure, said),
        HttpRequestException { HttpRequestError: var kind } => (KindOf(kind), Innermost(error)),
        AuthenticationException => (GitFailure.Tls, error.Message),
        HttpIOException or IOException => (GitFailure.Unreachable, Innermost(error)),
        InvalidDataException => (GitFailure.Other, $"the answer cannot be unpacked: {error.Message}"),
        _ => null,
    };

    /// <summary>Where an anonymous client is to go on; null where the answer is no redirection that it follows.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.Redirect"/>: there are credentials, or it leads to what is no repository.</exception>
    public static Uri? Redirection(GitEndpoint endpoint, GitHttpAnswer answer)
    {
        if (!IsRedirect(answer.Response.StatusCode) || answer.Response.Headers.Location is not { } location)
        {
            return null;
        }

        var from = answer.Response.RequestMessage!.RequestUri!;
        var to = new Uri(from, location);
        if (endpoint.Credentials is { } credentials && (credentials.AuthorizationHeader() is not null || credentials.ClientKey is not null))
        {
            throw Refused(answer, to);
        }

        return to.Scheme is "http" or "https" && (from.Scheme == "http" || to.Scheme == "https") && to.AbsoluteUri.EndsWith(Discovery, StringComparison.Ordinal)
            ? to
            : throw Refused(answer, to);
    }

    /// <summary>Throws for every status that is no answer.</summary>
    public static async Task ThrowIfRefusedAsync(GitEndpoint endpoint, GitHttpAnswer answer, CancellationToken cancel)
    {
        var status = answer.Response.StatusCode;
        if (status == HttpStatusCode.OK)
        {
            return;
        }

        if (IsRedirect(status))
        {
            throw Refused(answer, answer.Response.Headers.Location);
        }

        // Azure DevOps answers with 203 and a page to sign in where the token is not right.
        var failure = status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NonAuthoritativeInformation => GitFailure.Authentication,
            HttpStatusCode.ProxyAuthenticationRequired => GitFailure.Unreachable,
            HttpStatusCode.NotFound or HttpStatusCode.Gone => GitFailure.RepositoryNotFound,
            _ => GitFailure.Other,
        };
        var words = await answer.WordsAsync(cancel);
        var said = status == HttpStatusCode.Unauthorized && endpoint.Credentials is null
            ? "401 Unauthorized"
            : $"the requested URL returned error: {(int)status} {answer.Response.ReasonPhrase}";
        throw new GitException(failure, words.Length > 0 ? $"{said}; the server says: {words}" : said);
    }

    private static GitException Refused(GitHttpAnswer answer, Uri? to)
    {
        var where = to is null ? "" : " to " + GitUrl.Redact(to.OriginalString.Replace(Discovery, "", StringComparison.Ordinal));
        return new GitException(GitFailure.Redirect, $"the requested URL returned error: {(int)answer.Response.StatusCode}{where}");
    }

    private static bool IsRedirect(HttpStatusCode status) =>
        status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static GitFailure KindOf(HttpRequestError error) => error switch
    {
        HttpRequestError.SecureConnectionError => GitFailure.Tls,
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError or HttpRequestError.ResponseEnded => GitFailure.Unreachable,
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => GitFailure.Other,
        _ => GitFailure.Unreachable,
    };

    /// <summary>The message that tells why: that of the innermost cause.</summary>
    private static string Innermost(Exception error)
    {
        var inner = error;
        while (inner.InnerException is { } cause)
        {
            inner = cause;
        }

        return ReferenceEquals(inner, error) ? error.Message : $"{error.Message} ({inner.Message})";
    }
}

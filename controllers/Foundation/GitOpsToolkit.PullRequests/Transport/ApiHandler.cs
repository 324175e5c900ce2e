using System.Net;
using System.Net.Http.Headers;

namespace GitOpsToolkit.PullRequests.Transport;

/// <summary>
/// Sends requests to one API with its credentials. Redirects are followed within the API's scheme, host and port (a renamed repository);
/// one that leads elsewhere is a fault: nothing is sent there, credentials or not.
/// </summary>
internal sealed class ApiHandler(HostTransport transport, HostedRepository repository, AuthenticationHeaderValue? authorization) : HttpMessageHandler
{
    private const int MaxRedirects = 5;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            if (!HostedRepository.SameOrigin(request.RequestUri!, repository.Api))
            {
                throw new PullRequestException(
                    PullRequestFault.Protocol, $"{repository} leads to {request.RequestUri!.Host}; credentials do not follow there, and nothing was sent");
            }

            request.Headers.Authorization = authorization;
            var answer = await transport.SendAsync(request, cancellationToken);
            answer.RequestMessage = request;
            if (!IsRedirect(answer.StatusCode) || answer.Headers.Location is not { } location)
            {
                return answer;
            }

            answer.Dispose();
            var target = new Uri(request.RequestUri!, location);
            if (redirects == MaxRedirects)
            {
                throw new PullRequestException(PullRequestFault.Protocol, $"{repository} redirects more than {MaxRedirects} times");
            }

            request = Follow(request, answer.StatusCode, target);
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>Reading follows any redirect; a change only one that keeps its method and body.</summary>
    private HttpRequestMessage Follow(HttpRequestMessage request, HttpStatusCode status, Uri target)
    {
        if (request.Method != HttpMethod.Get && status is not (HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
        {
            throw new PullRequestException(
                PullRequestFault.Protocol, $"{repository} answered {request.Method} with a redirect ({(int)status}); is the repository's URL its present one?");
        }

        var next = new HttpRequestMessage(request.Method, target) { Content = request.Content };
        foreach (var header in request.Headers.NonValidated)
        {
            next.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        return next;
    }
}

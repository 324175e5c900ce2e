using System.Net;

namespace GitOpsToolkit.Sandbox.Clusters;

/// <summary>Tells of every request that a controller sends.</summary>
internal sealed class RequestObserver(string controller, Action<ControllerRequest> seen) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpStatusCode? status = null;
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            status = response.StatusCode;
            return response;
        }
        finally
        {
            var user = request.Headers.TryGetValues("Impersonate-User", out var users) ? users.First() : null;
            seen(new ControllerRequest(controller, request.Method, request.RequestUri!.PathAndQuery, user, status));
        }
    }
}

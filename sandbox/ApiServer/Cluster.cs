using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Rights;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Sandbox.ApiServer;

/// <summary>The parts that every verb works with.</summary>
internal sealed record Cluster(
    ApiServerOptions Options,
    ObjectStore Store,
    ResourceRegistry Registry,
    Access Access,
    Ids Ids,
    ILogger Logger);

/// <summary>Who somebody is, and what they may do.</summary>
internal sealed record Access(Authenticator Authenticator, TokenSigner Signer, Authorizer Authorizer)
{
    public EscalationGuard Escalation { get; } = new(Authorizer);
}

using GitOpsToolkit.Sandbox.ApiServer.Auth;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Sandbox.ApiServer;

/// <summary>The parts that every verb works with.</summary>
internal sealed record Cluster(
    ApiServerOptions Options,
    ObjectStore Store,
    ResourceRegistry Registry,
    Authenticator Authenticator,
    TokenSigner Signer,
    Ids Ids,
    ILogger Logger);

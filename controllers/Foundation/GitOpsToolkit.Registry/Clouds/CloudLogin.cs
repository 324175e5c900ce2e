using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Connections;

namespace GitOpsToolkit.Registry.Clouds;

/// <summary>One exchange: for which registry, as whom, and over which proxy.</summary>
internal sealed record CloudExchange(ImageName Image, CloudIdentity? Identity, ProxySettings? Proxy, SecretMask Mask);

/// <summary>How one cloud gives credentials for its registries.</summary>
internal interface ICloud
{
    /// <summary>What a credential is good for: those of one text are shared; or the fault that the registry is none of this cloud's.</summary>
    string Realm(ImageName image);

    /// <summary>Exchanges the identity of the controller, or of a ServiceAccount, for a credential.</summary>
    Task<TimedCredential> ExchangeAsync(CloudExchange exchange, CancellationToken cancellation);
}

/// <summary>
/// Logs in to the registries of clouds with the identity that the controller, or a ServiceAccount, has there. Exchanges are made in this
/// process, once for however many ask, and their results kept until shortly before they expire.
/// </summary>
public sealed class CloudLogin : IDisposable
{
    private readonly CloudHttp http;
    private readonly ExchangeCache cache;
    private readonly Dictionary<string, ICloud> clouds;

    /// <summary>Makes a login.</summary>
    /// <param name="environment">What the clouds' tools find around the process.</param>
    /// <param name="time">The clock by which credentials expire.</param>
    /// <param name="handlers">Makes the connections to the clouds' services, over a proxy where one is given; null for sockets.</param>
    public CloudLogin(CloudEnvironment environment, TimeProvider time, Func<ProxySettings?, HttpMessageHandler>? handlers = null)
    {
        http = new CloudHttp(time, handlers);
        cache = new ExchangeCache(time);
        clouds = new Dictionary<string, ICloud>(StringComparer.Ordinal)
        {
            ["aws"] = new AwsCloud(http, environment, time),
            ["azure"] = new AzureCloud(http, environment),
            ["gcp"] = new GcpCloud(http, environment, time),
        };
    }

    /// <summary>The credential for an image's registry.</summary>
    /// <param name="provider"><c>aws</c>, <c>azure</c> or <c>gcp</c>.</param>
    /// <param name="image">The image.</param>
    /// <param name="identity">Who asks in place of the controller; null for the controller.</param>
    /// <param name="proxy">The proxy to the cloud's services; null for that of the environment, if any.</param>
    /// <param name="refused">A credential from before that the registry does not take any longer; null for none.</param>
    /// <param name="cancellation">The deadline.</param>
    /// <exception cref="RegistryException">There is no credential to be had; the message holds no secret.</exception>
    public Task<RegistryCredential> GetAsync(
        string provider, ImageName image, CloudIdentity? identity, ProxySettings? proxy, RegistryCredential? refused, CancellationToken cancellation)
    {
        var cloud = clouds.GetValueOrDefault(provider)
            ?? throw new RegistryException(RegistryFault.Authentication, $"no cloud provider is named '{provider}'");
        var key = $"{provider}\n{cloud.Realm(image)}\n{proxy?.Fingerprint}\n{KeyOf(identity)}";
        return cache.GetAsync(
            key, refused, deadline => cloud.ExchangeAsync(new CloudExchange(image, identity, proxy, new SecretMask()), deadline), cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>An account whose annotations change is another identity.</summary>
    private static string KeyOf(CloudIdentity? identity)
    {
        if (identity is null)
        {
            return "";
        }

        var annotations = string.Join('\n', identity.Annotations.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
        return $"{identity} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(annotations)))}";
    }
}

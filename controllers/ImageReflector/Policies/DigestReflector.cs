using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageReflector.Scanning;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>Looks up the digest of an elected tag, as often as the policy wants it.</summary>
internal sealed class DigestReflector(RegistryClient client, RegistryLogin login, TimeProvider time)
{
    internal const string Always = "Always";
    private const string IfNotPresent = "IfNotPresent";

    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The digest (null for the policy Never), or the fault that kept from it.</summary>
    internal async Task<(string? Digest, Fault? Fault)> ReflectAsync(
        ImagePolicy policy, ImageRepository repository, ImageRef elected, CancellationToken cancellation)
    {
        var before = policy.Status.LatestRef;
        switch (policy.Spec.DigestReflectionPolicy)
        {
            case IfNotPresent when before is { Digest.Length: > 0 } && before.Name == elected.Name && before.Tag == elected.Tag:
                return (before.Digest, null);
            case IfNotPresent or Always:
                return await LookUpAsync(repository, elected, cancellation);
            default:
                return (null, null);
        }
    }

    private async Task<(string? Digest, Fault? Fault)> LookUpAsync(
        ImageRepository repository, ImageRef elected, CancellationToken cancellation)
    {
        var timeout = (repository.Spec.Timeout ?? repository.Spec.Interval).ToTimeSpan();
        timeout = timeout < ShortestTimeout ? ShortestTimeout : timeout;
        using var deadline = new CancellationTokenSource(timeout, time);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            if (!ImageName.TryParse(elected.Name, out var image, out var problem))
            {
                return (null, new Fault(Reasons.ImageURLInvalid, problem));
            }

            var (access, fault) = await login.ResolveAsync(repository, image, bounded.Token);
            return access is null ? (null, fault) : (await client.ResolveDigestAsync(image, elected.Tag, access, bounded.Token), null);
        }
        catch (RegistryException error)
        {
            return (null, new Fault(
                RegistryFaults.ReasonOf(error), $"failed to look up the digest of {elected.Name}:{elected.Tag}: {error.Message}"));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return (null, new Fault(
                Reasons.Failure, $"failed to look up the digest of {elected.Name}:{elected.Tag}: "
                + $"not done within {GoDuration.From(timeout)} (the ImageRepository's spec.timeout)"));
        }
    }
}

using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageReflector.Access;
using GitOpsToolkit.Controllers.ImageReflector.Scanning;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>Asks a registry about an image of an ImageRepository, with its login and within its timeout.</summary>
internal sealed class RegistryLookup(RegistryLogin login, TimeProvider time)
{
    /// <summary>What the registry said, or the fault that kept from it.</summary>
    /// <param name="repository">Whose login and timeout count.</param>
    /// <param name="what">What is done, for messages: <c>look up the digest of …</c>.</param>
    /// <param name="ask">The question.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<(T? Answer, Fault? Fault)> AskAsync<T>(
        ImageRepository repository, string what, Func<ImageName, RegistryAccess, CancellationToken, Task<T>> ask,
        CancellationToken cancellation)
        where T : class
    {
        var timeout = RegistryTimeout.Of(repository.Spec);
        using var deadline = time.StartDeadline(timeout.Span);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            if (!ImageName.TryParse(repository.Spec.Image, out var image, out var problem))
            {
                return (null, new Fault(Reasons.ImageURLInvalid, problem));
            }

            var (access, fault) = await login.ResolveAsync(repository, image, bounded.Token);
            return access is null ? (null, fault) : (await ask(image, access, bounded.Token), null);
        }
        catch (RegistryException error)
        {
            return (null, new Fault(RegistryFaults.ReasonOf(error), $"failed to {what}: {error.Message}"));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return (null, new Fault(Reasons.Failure, $"failed to {what}: {timeout.Exceeded} (the ImageRepository's {timeout.Field})"));
        }
    }
}

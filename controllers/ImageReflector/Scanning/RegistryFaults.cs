using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Scanning;

/// <summary>Names faults of a registry in the words of conditions.</summary>
internal static class RegistryFaults
{
    internal static string ReasonOf(RegistryException error) =>
        error.Fault == RegistryFault.Authentication ? Reasons.AuthenticationFailed : Reasons.ReadOperationFailed;
}

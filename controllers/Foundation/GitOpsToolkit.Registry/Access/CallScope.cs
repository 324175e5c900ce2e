using GitOpsToolkit.Connections;

namespace GitOpsToolkit.Registry;

/// <summary>What belongs to one call: where to, how, over which connections, and what must not show.</summary>
internal sealed record CallScope(Uri Registry, string Repository, RegistryAccess Access, RegistryTransport Transport, SecretMask Mask);

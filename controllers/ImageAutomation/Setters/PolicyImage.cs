namespace GitOpsToolkit.Controllers.ImageAutomation.Setters;

/// <summary>What a policy elected.</summary>
/// <param name="Namespace">The policy's namespace.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="Name">The image's name with its registry.</param>
/// <param name="Tag">The tag.</param>
/// <param name="Digest">The digest; empty if it is not reflected.</param>
public sealed record PolicyImage(string Namespace, string Policy, string Name, string Tag, string Digest = "")
{
    /// <summary><c>name:tag</c>, with <c>@digest</c> if there is one.</summary>
    public string Reference => (Tag.Length > 0 ? $"{Name}:{Tag}" : Name) + (Digest.Length > 0 ? $"@{Digest}" : "");
}

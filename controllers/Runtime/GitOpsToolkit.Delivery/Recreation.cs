using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Delivery;

/// <summary>
/// Whether deleting an object and making it anew would get its manifest in. A server refuses a change of an immutable field with the same
/// code as a manifest that is plainly invalid, and for the latter the running object must not be given up.
/// </summary>
internal static class Recreation
{
    /// <summary>How servers word it that a field may not change; each cause of a refusal must be one of these to be believed unasked.</summary>
    private static readonly string[] Signs = ["immutable", "may not change", "may not be changed", "cannot be changed", "updates to "];

    /// <summary>Decides by the words of the refusal or, where these do not tell, by a dry run of the creation under another name.</summary>
    /// <param name="client">The server.</param>
    /// <param name="refusal">Why the change was refused.</param>
    /// <param name="path">The object's path.</param>
    /// <param name="body">Its manifest.</param>
    /// <param name="fieldManager">Who applies.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<bool> WouldHelpAsync(
        KubeClient client, ApiException refusal, ResourcePath path, JsonObject body, string fieldManager, CancellationToken cancellation)
    {
        if (refusal.Causes.Count > 0 ? refusal.Causes.All(cause => TellsOfAChange(cause.Message)) : TellsOfAChange(refusal.Message))
        {
            return true;
        }

        var probe = (JsonObject)body.DeepClone();
        var name = path.Key.Name;
        probe["metadata"]!["name"] = $"{(name.Length > 40 ? name[..40].TrimEnd('-', '.') : name)}-probe";
        try
        {
            await client.CreateAsync(path, probe, new WriteOptions { FieldManager = fieldManager, DryRun = true }, cancellation);
            return true;
        }
        catch (ApiException)
        {
            return false;
        }
    }

    private static bool TellsOfAChange(string message) => Signs.Any(sign => message.Contains(sign, StringComparison.Ordinal));
}

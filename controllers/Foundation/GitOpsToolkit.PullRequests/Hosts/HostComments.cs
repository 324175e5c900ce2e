namespace GitOpsToolkit.PullRequests.Hosts;

/// <summary>Comments on pull requests that are closed already: what hinders them must not look as if the closing had failed.</summary>
internal static class HostComments
{
    /// <summary>Leaves a comment; the message of what hindered it, or null.</summary>
    internal static async Task<string?> LeaveAsync(Func<Task> comment)
    {
        try
        {
            await comment();
            return null;
        }
        catch (PullRequestException error)
        {
            return error.Message;
        }
    }
}

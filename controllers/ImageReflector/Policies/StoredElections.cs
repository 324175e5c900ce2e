using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>Elects from stored tags, in one pass over their packed form.</summary>
internal static class StoredElections
{
    /// <summary>Elects one of the tags.</summary>
    internal static TagElection Elect(this TagElector elector, TagSet tags)
    {
        var ballot = elector.Open();
        tags.ForEach((tag, firstSeen) => ballot.Add(tag, firstSeen));
        return ballot.Close();
    }
}

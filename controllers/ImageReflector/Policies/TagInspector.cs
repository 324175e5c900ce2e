using GitOpsToolkit.Controllers.ImageReflector.Policies.Signatures;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Registry.Content;
using GitOpsToolkit.Signatures;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>What a look at a tag's image gave. Without objection and fault it may be elected.</summary>
internal sealed record Inspection
{
    /// <summary>Why the tag is refused.</summary>
    internal TagObjection? Objection { get; init; }

    /// <summary>The digest that was verified; null where no signatures are asked for.</summary>
    internal string? Digest { get; init; }

    /// <summary>Who signed it.</summary>
    internal string? Signer { get; init; }

    /// <summary>When its signature expires; null for never.</summary>
    internal DateTimeOffset? ValidUntil { get; init; }

    /// <summary>What kept from a look: it says nothing against the tag.</summary>
    internal Fault? Fault { get; init; }
}

/// <summary>Looks at the image of a tag: whether it is there for the platforms, and whether somebody who is trusted signed it.</summary>
internal sealed class TagInspector(IRegistryReader registry, RegistryLookup lookup, TimeProvider time)
{
    private readonly PlatformReader platforms = new(registry);
    private readonly VerdictCache verdicts = new(time);

    /// <summary>Whether there is anything to look at.</summary>
    internal static bool IsNeeded(Poll poll) => poll.Verifier is not null || poll.Annotations.Platforms.Count > 0;

    internal async Task<Inspection> InspectAsync(Poll poll, string tag, CancellationToken cancellation)
    {
        var what = poll.Verifier is null ? "look up the platforms" : "verify the signatures";
        var (inspection, fault) = await lookup.AskAsync(
            poll.Repository, $"{what} of {poll.Repository.Spec.Image}:{tag}",
            (image, access, bounded) => LookAsync(poll, tag, new Place(image, access), bounded), cancellation);
        return inspection ?? new Inspection { Fault = fault };
    }

    private async Task<Inspection> LookAsync(Poll poll, string tag, Place place, CancellationToken cancellation)
    {
        // A tag that was elected with a digest stays with it while that holds: moving the tag moves nothing.
        if (poll.Verifier is not null && tag == poll.Incumbent && poll.PinnedDigest is { } pinned
            && await JudgeAsync(poll, pinned, place, cancellation) is { Objection: null } stands)
        {
            return stands;
        }

        var digest = await FindAsync(() => registry.ResolveDigestAsync(place.Image, tag, place.Access, cancellation));
        return digest is null ? Gone(poll) : await JudgeAsync(poll, digest, place, cancellation);
    }

    /// <summary>Deleted since the scan: there is no image for any platform, and none that anybody signed.</summary>
    private static Inspection Gone(Poll poll)
    {
        var reason = poll.Annotations.Platforms.Count > 0 ? TagRefusal.PlatformMissing : TagRefusal.NoSignature;
        return new Inspection { Objection = new TagObjection(reason, "is gone from the registry since the scan") };
    }

    private static async Task<T?> FindAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (RegistryException error) when (error.Fault == RegistryFault.NotFound)
        {
            return null;
        }
    }

    /// <summary>Everything by the digest: what is looked at, what is verified and what is written are the same image.</summary>
    private async Task<Inspection> JudgeAsync(Poll poll, string digest, Place place, CancellationToken cancellation)
    {
        if (poll.Annotations.Platforms.Count > 0)
        {
            var present = await FindAsync(() => platforms.ReadAsync(place.Image, digest, place.Access, cancellation));
            if (present is null)
            {
                return Gone(poll);
            }

            var lacking = poll.Annotations.Platforms.Where(wanted => !present.Any(one => PlatformList.Serves(one, wanted))).ToArray();
            if (lacking.Length > 0)
            {
                return new Inspection
                {
                    Objection = new TagObjection(TagRefusal.PlatformMissing, $"has no image for {string.Join<Platform>(", ", lacking)}"),
                };
            }
        }

        if (poll.Verifier is not { } verifier)
        {
            return new Inspection();
        }

        var artifact = new SignedArtifact(registry, place.Image, digest, place.Access);
        var patience = poll.IsRequested ? TimeSpan.Zero : poll.Repository.Spec.Interval.ToTimeSpan();
        var verdict = await verdicts.VerifyAsync(verifier, artifact, patience, cancellation);
        return verdict.IsVerified
            ? new Inspection { Digest = digest, Signer = verdict.Message, ValidUntil = verdict.ValidUntil }
            : new Inspection { Objection = new TagObjection(ReasonOf(verdict.Outcome), verdict.Message) };
    }

    private static TagRefusal ReasonOf(SignatureOutcome outcome) => outcome switch
    {
        SignatureOutcome.NoSignature => TagRefusal.NoSignature,
        SignatureOutcome.WrongKey => TagRefusal.WrongKey,
        SignatureOutcome.WrongIdentity => TagRefusal.WrongIdentity,
        _ => TagRefusal.InvalidSignature,
    };

    private sealed record Place(ImageName Image, RegistryAccess Access);
}

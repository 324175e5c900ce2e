using System.Text;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageReflector.Scanning;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Signatures;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>What an election is about.</summary>
/// <param name="Rules">Filter and policy.</param>
/// <param name="Annotations">What is asked beyond.</param>
/// <param name="Repository">Whose tags they are.</param>
/// <param name="Tags">The tags.</param>
internal sealed record Poll(ElectionRules Rules, PolicyAnnotations Annotations, ImageRepository Repository, TagSet Tags)
{
    /// <summary>The tag that is elected at present, where it is of the same image.</summary>
    internal string? Incumbent { get; init; }

    /// <summary>When the incumbent was first seen, where that is known.</summary>
    internal DateTimeOffset? IncumbentFirstSeen { get; init; }

    /// <summary>Whether things are to be as with Flux where our default is safer.</summary>
    internal bool FluxCompatible { get; init; }

    /// <summary>Who verifies signatures; null where none are asked for.</summary>
    internal ISignatureVerifier? Verifier { get; init; }

    /// <summary>The digest with which the incumbent was elected, where that is to stay; else null.</summary>
    internal string? PinnedDigest { get; init; }

    /// <summary>Whether the user asked for the election: what was refused before is looked up again.</summary>
    internal bool IsRequested { get; init; }
}

/// <summary>What an election came to.</summary>
/// <param name="Election">The tag or why there is none, with the counts.</param>
internal sealed record PollResult(TagElection Election)
{
    /// <summary>The incumbent is gone from the registry and stays elected.</summary>
    internal bool IncumbentIsGone { get; init; }

    /// <summary>When the elected tag was first seen, where that is known.</summary>
    internal DateTimeOffset? FirstSeen { get; init; }

    /// <summary>When time alone may change the result; null for never.</summary>
    internal TimeSpan? LookAgain { get; init; }

    /// <summary>What kept from a result.</summary>
    internal Fault? Fault { get; init; }

    /// <summary>What was found about the elected tag; null where nothing was looked up.</summary>
    internal Inspection? Inspection { get; init; }

    /// <summary>By which it was elected, with what was looked up: explains the election tag by tag.</summary>
    internal required TagElector Elector { get; init; }
}

/// <summary>
/// Elects by rules and annotations. What can be told from the tags alone is judged in one pass; what must be looked up in the registry is
/// asked of the winner only, and of the next one where the answer is no.
/// </summary>
internal sealed class PolicyElection(TagInspector inspector, TimeProvider time)
{
    private const int MostLookedUp = 25;

    internal async Task<PollResult> RunAsync(Poll poll, CancellationToken cancellation)
    {
        var refused = new Dictionary<string, TagObjection>(StringComparer.Ordinal);
        var terms = TermsOf(poll) with { Refused = refused };
        var missing = IsGone(poll) && !FallsBack(poll) ? poll.Incumbent : null;
        var elector = poll.Rules.Elector(terms);
        string? best = null;
        while (true)
        {
            var election = Cast(elector, poll, missing);
            if (election.Tag is not { } tag)
            {
                return Result(poll, elector, election with { Error = election.Error + best }, refused.Count > 0);
            }

            if (tag == missing)
            {
                var counted = Cast(elector, poll, missing: null) with { Tag = tag, Error = null };
                return Result(poll, elector, counted, refused.Count > 0) with { IncumbentIsGone = true, FirstSeen = poll.IncumbentFirstSeen };
            }

            if (!TagInspector.IsNeeded(poll))
            {
                return Result(poll, elector, election, lookedUp: false);
            }

            var found = await inspector.InspectAsync(poll, tag, cancellation);
            if (found.Objection is not { } objection)
            {
                // What is trusted may change, too, without any tag being new.
                return Result(poll, elector, election, refused.Count > 0 || (poll.Verifier is not null && found.Fault is null), found.ValidUntil) with
                {
                    Fault = found.Fault,
                    Inspection = found,
                };
            }

            refused[tag] = objection;
            best ??= $"; {tag}: {objection.Why}";
            if (refused.Count == MostLookedUp)
            {
                var text = $"none of the {MostLookedUp} best tags will do ({tag}: {objection.Why}); no further ones are looked up";
                return Result(poll, elector, election, lookedUp: true) with { Fault = new Fault(Reasons.Failure, text) };
            }
        }
    }

    /// <summary>An election over the tags, with one added that is missing among them.</summary>
    private static TagElection Cast(TagElector elector, Poll poll, string? missing)
    {
        var ballot = elector.Open();
        Span<char> buffer = stackalloc char[PackedTags.MaxTagLength];
        var arrivals = poll.Tags.Arrivals.GetEnumerator();
        foreach (var bytes in poll.Tags.Packed)
        {
            arrivals.MoveNext();
            var tag = buffer[..Encoding.ASCII.GetChars(bytes, buffer)];
            if (missing is not null && ((ReadOnlySpan<char>)tag).SequenceCompareTo(missing) < 0)
            {
                ballot.Add(missing, poll.IncumbentFirstSeen);
                missing = null;
            }

            ballot.Add(tag, arrivals.Current);
        }

        if (missing is not null)
        {
            ballot.Add(missing, poll.IncumbentFirstSeen);
        }

        return ballot.Close();
    }

    /// <summary>Whether the incumbent was deleted; one that the ImageRepository excludes by now is there, but no candidate.</summary>
    private static bool IsGone(Poll poll)
    {
        if (poll.Incumbent is not { } incumbent || poll.Tags.Packed.Contains(Encoding.UTF8.GetBytes(incumbent)))
        {
            return false;
        }

        return Exclusions.TryRead(poll.Repository.Spec, out var exclusions, out _) && !exclusions.Excludes(incumbent);
    }

    private static bool FallsBack(Poll poll) => !(poll.Annotations.HoldDeleted ?? !poll.FluxCompatible);

    private ElectionTerms TermsOf(Poll poll) => new()
    {
        NewestFirst = poll.Annotations.Newest,
        MinAge = poll.Annotations.MinAge,
        Now = time.GetUtcNow(),
        Incumbent = poll.Incumbent,
        Holds = poll.Annotations.Holds,
        FailOnBadNumber = poll.FluxCompatible,
    };

    private PollResult Result(Poll poll, TagElector elector, TagElection election, bool lookedUp, DateTimeOffset? expires = null)
    {
        var now = time.GetUtcNow();
        var times = poll.Annotations.Holds.Where(hold => hold.IsOn(now)).Select(hold => hold.Until)
            .Append(election.NextOfAge).Append(expires).OfType<DateTimeOffset>();
        var waits = times.Select(at => at - now).Where(wait => wait > TimeSpan.Zero);

        // An image may come for a platform that it lacked, a signature for one that had none, without any tag being new.
        waits = lookedUp ? waits.Append(poll.Repository.Spec.Interval.ToTimeSpan()) : waits;
        return new PollResult(election)
        {
            Elector = elector,
            LookAgain = waits.Select(wait => (TimeSpan?)wait).Min(),
            FirstSeen = poll.Annotations.Newest && election.Tag is { } tag ? poll.Tags.FirstSeen(tag) : null,
        };
    }
}

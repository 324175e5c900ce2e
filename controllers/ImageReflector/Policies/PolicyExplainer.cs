using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Controllers.ImageReflector.Access;
using GitOpsToolkit.Controllers.ImageReflector.Policies.Signatures;
using GitOpsToolkit.Controllers.ImageReflector.Scanning;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;
using GitOpsToolkit.Registry.Clouds;
using GitOpsToolkit.Signatures;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Controllers.ImageReflector.Policies;

/// <summary>What a policy makes of a list of tags.</summary>
/// <param name="Policy">The policy's namespace and name.</param>
/// <param name="Image">The image, where it is known.</param>
/// <param name="Report">The election, tag by tag.</param>
/// <param name="Notes">What the reader must know: what was left out of account, and what else holds.</param>
public sealed record PolicyExplanation(string Policy, string? Image, ElectionReport Report, IReadOnlyList<string> Notes);

/// <summary>A policy cannot be explained; the message says why and what to do.</summary>
/// <param name="message">Why.</param>
public sealed class ExplainException(string message) : Exception(message);

/// <summary>
/// Explains elections by the code that makes them: of a policy in a cluster, over the tags that its registry lists now, or of a manifest over
/// tags that are given. Nothing is written anywhere.
/// </summary>
/// <param name="time">By whose time ages and holds count.</param>
/// <param name="fluxCompatible">Whether things are as with <c>--compat=flux</c>.</param>
public sealed class PolicyExplainer(TimeProvider time, bool fluxCompatible = false)
{
    private const string AgesAreElsewhere =
        "when tags were first seen is known to the registry watcher alone: here minAge and newest are left out of account";

    /// <summary>Explains a manifest.</summary>
    /// <param name="manifest">An ImagePolicy.</param>
    /// <param name="tags">The tags in any order, each with when it was first seen where that is known.</param>
    /// <exception cref="ExplainException">The manifest is no valid ImagePolicy.</exception>
    public PolicyExplanation Explain(JsonObject manifest, IReadOnlyDictionary<string, DateTimeOffset?> tags)
    {
        var policy = Read<ImagePolicy>(manifest, "the policy");
        var (rules, annotations) = RulesOf(policy);
        List<string> notes = [];
        if (annotations.Platforms.Count > 0)
        {
            notes.Add("platforms are looked up in a registry: here they are left out of account");
        }

        if (annotations.Verify is not null)
        {
            notes.Add("signatures are looked up in a registry: here they are left out of account");
        }

        var ages = tags.Values.Any(seen => seen is not null);
        if (!ages && (annotations.Newest || annotations.MinAge > TimeSpan.Zero))
        {
            notes.Add("no first-seen times are given: minAge and newest are left out of account");
        }

        var terms = new ElectionTerms
        {
            NewestFirst = annotations.Newest && ages,
            MinAge = ages ? annotations.MinAge : TimeSpan.Zero,
            Now = time.GetUtcNow(),
            Incumbent = policy.Status.LatestRef?.Tag,
            Holds = annotations.Holds,
            FailOnBadNumber = fluxCompatible,
        };
        var sorted = tags.OrderByDescending(tag => tag.Key, StringComparer.Ordinal).ToArray();
        return new PolicyExplanation(NameOf(policy), Image: null, rules.Elector(terms).Explain(sorted), notes);
    }

    /// <summary>Explains a policy of a cluster over what its registry lists now.</summary>
    /// <param name="client">The cluster; its objects are read with the caller's rights, the registry's login among them.</param>
    /// <param name="registry">Reads registries.</param>
    /// <param name="key">The policy.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ExplainException">The policy or its repository is missing or wrong, or the registry does not answer.</exception>
    /// <exception cref="ApiException">The cluster refuses to show an object.</exception>
    public async Task<PolicyExplanation> ExplainAsync(
        KubeClient client, IRegistryReader registry, ObjectKey key, CancellationToken cancellation)
    {
        var policy = await GetAsync<ImagePolicy>(client, key, cancellation);
        var (rules, annotations) = RulesOf(policy);
        var source = ImagePolicyReconciler.RepositoryOf(policy);
        var repository = await GetAsync<ImageRepository>(client, source, cancellation);
        var options = new ImageReflectorOptions();
        using var clouds = new CloudLogin(options.Cloud, time, options.CloudHandlers);
        var lookup = new RegistryLookup(new RegistryLogin(client, clouds, options), time);
        var (listed, fault) = await lookup.AskAsync(
            repository, $"list the tags of {repository.Spec.Image}", registry.ListTagsAsync, cancellation);
        if (listed is null)
        {
            throw new ExplainException(fault!.Text);
        }

        var kept = ExclusionsOf(repository).WithoutExcluded(listed.Packed);
        List<string> notes = [];
        if (annotations.Newest || annotations.MinAge > TimeSpan.Zero)
        {
            notes.Add(AgesAreElsewhere);
            annotations = annotations with { Newest = false, MinAge = TimeSpan.Zero };
        }

        var poll = new Poll(rules, annotations, repository, TagSets.Create(new ScannedTags(repository.Spec.Image, kept, time.GetUtcNow())))
        {
            Incumbent = policy.Status.LatestRef is { } latest && latest.Name == repository.Spec.Image ? latest.Tag : null,
            FluxCompatible = fluxCompatible,
            PinnedDigest = ImagePolicyReconciler.PinOf(policy, repository),
            Verifier = await VerifierAsync(client, annotations, key.Namespace, cancellation),
        };
        var result = await new PolicyElection(new TagInspector(registry, lookup, time), time).RunAsync(poll, cancellation);
        if (result.Fault is { } unknown)
        {
            throw new ExplainException(unknown.Text);
        }

        notes.AddRange(NotesOn(policy, poll, result));
        var candidates = result.IncumbentIsGone ? poll.Tags.Tags.Append(poll.Incumbent!) : poll.Tags.Tags;
        var report = result.Elector.Explain(
            [.. candidates.OrderDescending(StringComparer.Ordinal).Select(tag => KeyValuePair.Create(tag, (DateTimeOffset?)null))]);
        return new PolicyExplanation(key.ToString(), repository.Spec.Image, WithExcluded(report, listed, kept), notes);
    }

    private async Task<ISignatureVerifier?> VerifierAsync(
        KubeClient client, PolicyAnnotations annotations, string @namespace, CancellationToken cancellation)
    {
        if (annotations.Verify is not { } request)
        {
            return null;
        }

        var (verifier, fault) = await new VerifierSource(client, time).MakeAsync(request, @namespace, cancellation);
        return verifier ?? throw new ExplainException(fault!.Text);
    }

    private static IEnumerable<string> NotesOn(ImagePolicy policy, Poll poll, PollResult result)
    {
        if (result.IncumbentIsGone)
        {
            yield return $"{poll.Incumbent} is gone from the registry and stays elected while no tag ranks higher ({PolicyAnnotations.OnTagDeletedKey})";
        }
        else if (poll.Incumbent is { } present && result.Election.Tag is { } tag && present != tag)
        {
            yield return $"status.latestRef is {present}: the registry watcher has not seen these tags yet, or the policy is not ready";
        }

        if (result.Inspection is { Signer: { } signer, Digest: { } digest })
        {
            yield return $"{digest} of {result.Election.Tag} is signed by {signer}";
        }

        if (policy.Spec.Suspend)
        {
            yield return "the policy is suspended: status.latestRef stays as it is";
        }
    }

    private static ElectionReport WithExcluded(ElectionReport report, TagList listed, PackedTags kept)
    {
        if (listed.Packed.Count == kept.Count)
        {
            return report;
        }

        var known = report.Verdicts.Select(verdict => verdict.Tag).ToHashSet(StringComparer.Ordinal);
        var excluded = listed.Packed.First(listed.Packed.Count).Where(tag => !known.Contains(tag)).Select(tag => new TagVerdict(
            tag, tag, FirstSeen: null, IsElected: false, "Excluded", "a pattern of the ImageRepository's exclusionList matches"));
        return report with { Verdicts = [.. report.Verdicts, .. excluded] };
    }

    private static ExclusionList ExclusionsOf(ImageRepository repository) => Exclusions.TryRead(repository.Spec, out var exclusions, out var problem)
        ? exclusions
        : throw new ExplainException($"spec.exclusionList of ImageRepository {repository.Metadata.Namespace}/{repository.Metadata.Name}: {problem}");

    private static (ElectionRules Rules, PolicyAnnotations Annotations) RulesOf(ImagePolicy policy)
    {
        if (!ElectionRules.TryRead(policy.Spec, out var rules, out var problem)
            || !PolicyAnnotations.TryRead(policy.Metadata.Annotations, out var annotations, out problem))
        {
            throw new ExplainException($"ImagePolicy {NameOf(policy)}: {problem}");
        }

        return (rules, annotations);
    }

    private static async Task<T> GetAsync<T>(KubeClient client, ObjectKey key, CancellationToken cancellation)
        where T : ToolkitObject, IToolkitKind
    {
        var found = await client.GetAsync(ResourcePath.Of(T.ResourceKind, key), cancellation)
            ?? throw new ExplainException($"{T.ResourceKind.Kind} {key} does not exist");
        return Read<T>(found, $"{T.ResourceKind.Kind} {key}");
    }

    private static T Read<T>(JsonObject manifest, string what)
        where T : ToolkitObject, IToolkitKind
    {
        using var json = JsonDocument.Parse(manifest.ToJsonString());
        var read = ToolkitReader.Read<T>(json.RootElement);
        return read.Value is { } value && read.Errors.Count == 0
            ? value
            : throw new ExplainException($"{what} cannot be read: {string.Join("; ", read.Errors)}");
    }

    private static string NameOf(ImagePolicy policy) =>
        policy.Metadata.Namespace is { Length: > 0 } space ? $"{space}/{policy.Metadata.Name}" : policy.Metadata.Name ?? "";
}

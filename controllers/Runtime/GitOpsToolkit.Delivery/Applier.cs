using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using GitOpsToolkit.Delivery.Health;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Delivery;

/// <summary>
/// Brings objects into the cluster by server-side apply. First every object is validated by a dry run, all of them, and any fault
/// stops the whole before a single one is changed; then the stages of the <see cref="ApplyPlan"/> follow each other, and in each only
/// those objects are
/// written which differ. Objects of a kind, or in a namespace, that an earlier stage is yet to bring are validated after that stage.
/// </summary>
/// <param name="client">The server, under the identity that may apply.</param>
/// <param name="mapper">The kinds of that server.</param>
/// <param name="ledger">What is known without asking.</param>
public sealed class Applier(KubeClient client, RestMapper mapper, DriftLedger ledger)
{
    private const int CleanupAttempts = 5;
    private static readonly TimeSpan PollDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Applies objects. Faults of single objects are in the result, never thrown.</summary>
    /// <exception cref="ApiException">Discovery failed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled or its deadline is over.</exception>
    public async Task<DeliveryResult> ApplyAsync(IReadOnlyList<DesiredObject> objects, ApplyOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(objects);
        ArgumentNullException.ThrowIfNull(options);
        var stages = ApplyPlan.Of(objects, options.CustomStageKinds);
        var coming = Coming.Of(objects);
        var plans = new ConcurrentDictionary<DesiredObject, ObjectPlan>(ReferenceEqualityComparer.Instance);
        var faults = new ConcurrentBag<ObjectFault>();
        await PlanAsync(stages.SelectMany(stage => stage.Objects), plans, faults, options, coming, cancellation);

        List<Change> changes = [];
        foreach (var stage in stages)
        {
            if (!faults.IsEmpty)
            {
                break;
            }

            // What had to wait for an earlier stage is validated now; nothing of this stage is written before that.
            await PlanAsync(stage.Objects.Where(desired => plans[desired] is ObjectPlan.Later), plans, faults, options, coming.Arrived(),
                cancellation);
            if (!faults.IsEmpty)
            {
                break;
            }

            await WriteStageAsync(stage, plans, faults, changes, options, cancellation);
        }

        return new DeliveryResult(changes, [.. faults.OrderBy(fault => fault.Target, ApplyOrder.Instance)]);
    }

    private async Task PlanAsync(
        IEnumerable<DesiredObject> objects, ConcurrentDictionary<DesiredObject, ObjectPlan> plans, ConcurrentBag<ObjectFault> faults,
        ApplyOptions options, Coming coming, CancellationToken cancellation)
    {
        await Parallel.ForEachAsync(objects, Limits(options, cancellation), async (desired, token) =>
        {
            try
            {
                plans[desired] = await PlanAsync(desired, options, coming, token);
            }
            catch (ApiException e)
            {
                plans[desired] = new ObjectPlan.Skip();
                faults.Add(new ObjectFault(desired.Ref, desired.Origin, $"dry-run failed: {Refusal.Explain(e, desired.Body)}", e.IsTransient));
            }
        });
    }

    private async Task<ObjectPlan> PlanAsync(DesiredObject desired, ApplyOptions options, Coming coming, CancellationToken cancellation)
    {
        if (!options.Audit && ledger.IsClean(desired, options.Owner))
        {
            return new ObjectPlan.Keep();
        }

        var resource = await FindAsync(desired, options, coming, cancellation);
        if (resource is null || (resource.Namespaced && coming.Brings(desired.Ref.Namespace)
            && !await ExistsAsync(desired.Ref.Namespace, cancellation)))
        {
            return new ObjectPlan.Later();
        }

        var body = Normalize(desired, resource);
        var path = resource.At(ObjectRef.Of(body).Key);
        var live = await client.GetAsync(path, cancellation);
        if (ObjectMarks.IsIgnored(body) || ObjectMarks.IsIgnored(live) || (live is not null && ObjectMarks.IsOnlyCreated(body)))
        {
            ledger.RecordSkipped(desired, options.Owner);
            return new ObjectPlan.Skip();
        }

        return await DiffAsync(desired, new Target(resource, path, body, live), options, cancellation);
    }

    private async Task<ObjectPlan> DiffAsync(DesiredObject desired, Target target, ApplyOptions options, CancellationToken cancellation)
    {
        JsonObject wanted;
        try
        {
            wanted = await client.ApplyAsync(
                target.Path, target.Body, new WriteOptions { FieldManager = options.FieldManager, Force = true, DryRun = true },
                cancellation);
        }
        catch (ApiException e) when (target.Live is not null && IsImmutable(e) && MayRecreate(target, options))
        {
            if (!await Recreation.WouldHelpAsync(client, e, target.Path, target.Body, options.FieldManager, cancellation))
            {
                throw;
            }

            return new ObjectPlan.Write(target, Cleanup: null, Recreate: true);
        }

        if (target.Live is null)
        {
            return new ObjectPlan.Write(target, Cleanup: null, Recreate: false);
        }

        var merges = ObjectMarks.IsMerged(target.Body) || ObjectMarks.IsMerged(target.Live);
        var cleanup = merges ? null : LiveDiff.Cleanup(target.Live, options.FieldManager, options.OverrideManagers);
        if (cleanup is not null || LiveDiff.Differs(target.Live, wanted))
        {
            return new ObjectPlan.Write(target, cleanup, Recreate: false);
        }

        if (ManagedFields.AppliedBy(target.Live, options.FieldManager) is null)
        {
            // The same object made by somebody else: from now on it is ours.
            return new ObjectPlan.Write(target, Cleanup: null, Recreate: false);
        }

        await ledger.RecordAsync(desired, target.Resource, options.Owner, target.Live, cancellation);
        return new ObjectPlan.Keep();
    }

    private async Task WriteStageAsync(
        ApplyStage stage, ConcurrentDictionary<DesiredObject, ObjectPlan> plans, ConcurrentBag<ObjectFault> faults, List<Change> changes,
        ApplyOptions options, CancellationToken cancellation)
    {
        var actions = new ConcurrentDictionary<DesiredObject, ApplyAction>(ReferenceEqualityComparer.Instance);
        await Parallel.ForEachAsync(stage.Objects, Limits(options, cancellation), async (desired, token) =>
        {
            try
            {
                actions[desired] = plans[desired] switch
                {
                    ObjectPlan.Write write => await WriteAsync(desired, write, options, token),
                    ObjectPlan.Keep => ApplyAction.Unchanged,
                    _ => ApplyAction.Skipped,
                };
            }
            catch (ApiException e)
            {
                faults.Add(new ObjectFault(desired.Ref, desired.Origin, $"apply failed: {Refusal.Explain(e, desired.Body, LiveOf(plans[desired]))}", e.IsTransient));
            }
        });
        changes.AddRange(stage.Objects.Where(actions.ContainsKey).Select(desired => new Change(TargetOf(desired, plans[desired]), actions[desired])));
        if (stage.WaitUntilCurrent && faults.IsEmpty)
        {
            var written = stage.Objects.Where(desired => actions[desired] is ApplyAction.Created or ApplyAction.Configured);
            await Parallel.ForEachAsync(written, Limits(options, cancellation), async (desired, token) =>
            {
                if (await WaitUntilCurrentAsync(((ObjectPlan.Write)plans[desired]).Target.Path, options, token) is { } report)
                {
                    faults.Add(new ObjectFault(desired.Ref, desired.Origin, $"is not current: {report.Status}: {report.Message}"));
                }
            });
            if (actions.Values.Any(action => action == ApplyAction.Created)
                && stage.Objects.Any(desired => desired.Ref.Kind.Kind == "CustomResourceDefinition"))
            {
                mapper.Invalidate();
            }
        }
    }

    private static JsonObject? LiveOf(ObjectPlan plan) => (plan as ObjectPlan.Write)?.Target.Live;

    private static ObjectRef TargetOf(DesiredObject desired, ObjectPlan plan) =>
        plan is ObjectPlan.Write write ? ObjectRef.Of(write.Target.Body) : desired.Ref;

    private async Task<ApplyAction> WriteAsync(DesiredObject desired, ObjectPlan.Write plan, ApplyOptions options,
        CancellationToken cancellation)
    {
        var target = plan.Target;
        if (plan.Recreate)
        {
            await DeleteAndWaitAsync(target, options, cancellation);
        }

        if (plan.Cleanup is not null)
        {
            await CleanUpAsync(target, plan.Cleanup, options, cancellation);
        }

        var applied = await client.ApplyAsync(
            target.Path, target.Body, new WriteOptions { FieldManager = options.FieldManager, Force = true }, cancellation);
        await ledger.RecordAsync(desired, target.Resource, options.Owner, applied, cancellation);
        return target.Live is null || plan.Recreate ? ApplyAction.Created : ApplyAction.Configured;
    }

    /// <summary>Others may change the object at the same time, such as its controller the status: then the patch is made again from what
    /// is there now.</summary>
    private async Task CleanUpAsync(Target target, JsonArray cleanup, ApplyOptions options, CancellationToken cancellation)
    {
        var patch = cleanup;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await client.JsonPatchAsync(target.Path, patch, new WriteOptions { FieldManager = options.FieldManager }, cancellation);
                return;
            }
            catch (ApiException e) when ((e.IsConflict || e.IsInvalid) && attempt < CleanupAttempts)
            {
                var live = await client.GetAsync(target.Path, cancellation);
                if (live is null || LiveDiff.Cleanup(live, options.FieldManager, options.OverrideManagers) is not { } again)
                {
                    return;
                }

                patch = again;
            }
        }
    }

    private async Task DeleteAndWaitAsync(Target target, ApplyOptions options, CancellationToken cancellation)
    {
        var uid = target.Live!.Map("metadata")!.Text("uid");
        await client.DeleteAsync(target.Path, new DeleteOptions { Propagation = Propagation.Background, Uid = uid }, cancellation);
        var deadline = client.Time.GetUtcNow() + options.StageTimeout;
        while ((await client.GetAsync(target.Path, cancellation))?.Map("metadata")?.Text("uid") == uid)
        {
            if (client.Time.GetUtcNow() >= deadline)
            {
                throw new ApiException(
                    HttpStatusCode.Conflict, "Terminating",
                    "immutable field detected, the deleted object is not gone yet (see its finalizers)");
            }

            await Task.Delay(PollDelay, client.Time, cancellation);
        }
    }

    private async Task<HealthReport?> WaitUntilCurrentAsync(ResourcePath path, ApplyOptions options, CancellationToken cancellation)
    {
        var deadline = client.Time.GetUtcNow() + options.StageTimeout;
        while (true)
        {
            var live = await client.GetAsync(path, cancellation);
            var report = live is null ? HealthReport.NotFound : ObjectHealth.Compute(live, client.Time.GetUtcNow());
            if (report.Status == HealthStatus.Current)
            {
                return null;
            }

            if (report.Status == HealthStatus.Failed || client.Time.GetUtcNow() >= deadline)
            {
                return report;
            }

            await Task.Delay(PollDelay, client.Time, cancellation);
        }
    }

    /// <returns>Null for a kind that an earlier stage of this set is yet to bring.</returns>
    private async Task<ResourceInfo?> FindAsync(DesiredObject desired, ApplyOptions options, Coming coming, CancellationToken cancellation)
    {
        var kind = desired.Ref.Kind;
        var isOurs = coming.Kinds.Contains((kind.Group, kind.Kind));
        var deadline = client.Time.GetUtcNow() + options.StageTimeout;
        while (true)
        {
            if (await mapper.FindAsync(kind, cancellation) is { } resource)
            {
                return resource;
            }

            if (isOurs && !coming.HaveArrived)
            {
                return null;
            }

            if (!isOurs || client.Time.GetUtcNow() >= deadline)
            {
                throw new ApiException(
                    HttpStatusCode.NotFound, "NoMatch", $"no matches for kind \"{kind.Kind}\" in version \"{kind.ApiVersion}\"; is its CRD installed?");
            }

            // A definition is established a moment before discovery has it.
            await Task.Delay(PollDelay, client.Time, cancellation);
            mapper.Invalidate();
        }
    }

    private async Task<bool> ExistsAsync(string @namespace, CancellationToken cancellation) =>
        await client.GetAsync(ResourcePath.Core("namespaces", name: @namespace), cancellation) is not null;

    private static JsonObject Normalize(DesiredObject desired, ResourceInfo resource)
    {
        var body = (JsonObject)desired.Body.DeepClone();
        body.Remove("status");
        if (!resource.Namespaced)
        {
            body.Map("metadata")?.Remove("namespace");
        }
        else if (desired.Ref.Namespace.Length == 0)
        {
            throw new ApiException(
                HttpStatusCode.BadRequest, "NoNamespace", "namespace not specified; set metadata.namespace or spec.targetNamespace");
        }

        if (desired.Ref.Kind.Kind == "CustomResourceDefinition")
        {
            LiveDiff.DropInvalidBundle(body);
        }

        PortProtocols.Complete(body);
        return body;
    }

    private static bool MayRecreate(Target target, ApplyOptions options) =>
        options.Force || ObjectMarks.IsForced(target.Body) || ObjectMarks.IsForced(target.Live);

    private static bool IsImmutable(ApiException error) =>
        error.IsConflict || error.IsInvalid
        || error.Message.Contains("is immutable", StringComparison.Ordinal) || error.Message.Contains("immutable field",
            StringComparison.Ordinal);

    private ParallelOptions Limits(ApplyOptions options, CancellationToken cancellation) =>
        new() { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellation };

    /// <summary>What is to be done with an object.</summary>
    private abstract record ObjectPlan
    {
        /// <summary>It is as it should be.</summary>
        internal sealed record Keep : ObjectPlan;

        /// <summary>It wants to be left alone.</summary>
        internal sealed record Skip : ObjectPlan;

        /// <summary>It cannot be validated before an earlier stage is applied.</summary>
        internal sealed record Later : ObjectPlan;

        /// <summary>It is written.</summary>
        internal sealed record Write(Target Target, JsonArray? Cleanup, bool Recreate) : ObjectPlan;
    }

    private sealed record Target(ResourceInfo Resource, ResourcePath Path, JsonObject Body, JsonObject? Live);

    /// <summary>The kinds and namespaces that the set itself brings.</summary>
    private sealed record Coming(HashSet<(string Group, string Kind)> Kinds, HashSet<string> Namespaces)
    {
        /// <summary>Whether the earlier stages are applied.</summary>
        internal bool HaveArrived { get; private init; }

        internal Coming Arrived() => this with { HaveArrived = true };

        internal bool Brings(string @namespace) => !HaveArrived && Namespaces.Contains(@namespace);

        internal static Coming Of(IReadOnlyList<DesiredObject> objects)
        {
            var coming = new Coming([], []);
            foreach (var desired in objects)
            {
                switch (desired.Ref.Kind)
                {
                    case { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" }:
                        var spec = desired.Body.Map("spec");
                        coming.Kinds.Add((spec?.Text("group") ?? "", spec.Map("names")?.Text("kind") ?? ""));
                        break;
                    case { Group: "", Kind: "Namespace" }:
                        coming.Namespaces.Add(desired.Ref.Name);
                        break;
                }
            }

            return coming;
        }
    }
}

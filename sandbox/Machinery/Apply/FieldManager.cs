using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Apply;

/// <summary>Who writes what, where and when.</summary>
/// <param name="Rules">Rules of the kind in the version of the request.</param>
/// <param name="Manager">Name of the manager; see <see cref="FieldManager.ManagerName"/>.</param>
/// <param name="Subresource">Subresource that is written, empty for the object itself.</param>
/// <param name="Now">Time of the request.</param>
public sealed record FieldManagerRequest(KindRules Rules, string Manager, string Subresource, DateTimeOffset Now);

/// <summary>
/// Server-side apply and the bookkeeping of <c>metadata.managedFields</c>. Applied configurations are merged by type; fields that a
/// manager no longer applies and nobody else owns are removed; fields that another manager owns with another value are conflicts.
/// </summary>
public static class FieldManager
{
    private const int MaxUpdateManagers = 10;
    private const int LongestManager = 128;
    private const string Bucket = "ancient-changes";

    private static readonly FieldSet Identity = FieldSet.Of(
        ["apiVersion"], ["kind"], ["metadata"], ["metadata", "name"], ["metadata", "namespace"], ["metadata", "creationTimestamp"],
        ["metadata", "selfLink"], ["metadata", "uid"], ["metadata", "clusterName"], ["metadata", "generation"],
        ["metadata", "managedFields"], ["metadata", "resourceVersion"]);

    private static readonly FieldSet Status = FieldSet.Of(["status"]);
    private static readonly FieldSet Spec = FieldSet.Of(["spec"]);

    /// <summary>The manager of a request that names none: the first word of its user agent, up to a slash.</summary>
    public static string ManagerName(string? fieldManager, string? userAgent)
    {
        if (!string.IsNullOrEmpty(fieldManager))
        {
            return fieldManager;
        }

        var name = (userAgent ?? "").Split('/')[0];
        name = new string([.. name.Where(c => !char.IsControl(c))]);
        return name.Length == 0 ? "unknown" : name[..Math.Min(name.Length, LongestManager)];
    }

    /// <summary>
    /// Records a create, update or (non-apply) patch: <paramref name="updated"/> gets the managed fields that follow from how it
    /// differs from <paramref name="live"/>. Call it with the object decoded and defaulted, before it is stored.
    /// </summary>
    /// <param name="request">Who writes.</param>
    /// <param name="live">The object as stored, or null for a creation.</param>
    /// <param name="updated">The object to be stored; changed in place.</param>
    public static void Update(FieldManagerRequest request, JsonObject? live, JsonObject updated)
    {
        var own = Json.Array(updated, "metadata", "managedFields");
        var managed = Start(request, live, own);
        Json.Object(updated, "metadata")?.Remove("managedFields");
        // Objects that were never tracked stay so until somebody applies.
        if (managed.Count == 0 && Json.Text(live, "metadata", "uid") is { Length: > 0 })
        {
            return;
        }

        try
        {
            Track(request, live is null ? request.Rules.Skeleton : Bare(live), updated, managed);
        }
        catch (FormatException)
        {
            // A list entry without its key: validation will refuse the object, or had let it in. The owners stay as they were.
            managed = ManagedFields.TryRead(Json.Array(live, "metadata", "managedFields")) ?? [];
        }

        Cap(managed);
        managed.WriteTo(updated);
    }

    /// <summary>Applies a configuration.</summary>
    /// <param name="request">Who applies.</param>
    /// <param name="live">The object as stored, or null if there is none yet.</param>
    /// <param name="config">The applied configuration, as it came (neither decoded nor defaulted); not changed.</param>
    /// <param name="force">Whether to take over conflicting fields.</param>
    /// <returns>The merged object with its managed fields, decoded and defaulted; equal to the live one if nothing changed.</returns>
    /// <exception cref="StatusException">409 with the conflicts as causes; 400 or 500 for a configuration that does not fit.</exception>
    public static JsonObject Apply(FieldManagerRequest request, JsonObject? live, JsonObject config, bool force)
    {
        Check(request, config);
        var rules = request.Rules;
        var managed = ManagedFields.TryRead(Json.Array(live, "metadata", "managedFields")) ?? [];
        var current = Bare(live);
        JsonObject merged;
        try
        {
            if (managed.Count == 0 && live is not null)
            {
                Track(request with { Manager = "before-first-apply" }, rules.Skeleton, current, managed);
            }

            merged = ApplyCore.Run(request, current, config, managed, force, set => Filter(request, set));
        }
        catch (ApplyConflicts conflicts) when (request.Manager == "kubectl" && LastApplied.Covers(conflicts, current, rules, out var remaining))
        {
            // kubectl moves from client-side to server-side apply: what its annotation says was its own already.
            if (remaining is not null)
            {
                throw remaining.ToStatus();
            }

            managed = ManagedFields.TryRead(Json.Array(live, "metadata", "managedFields")) ?? [];
            merged = ApplyCore.Run(request, current, config, managed, true, set => Filter(request, set));
        }
        catch (ApplyConflicts conflicts)
        {
            throw conflicts.ToStatus();
        }
        catch (FormatException fault)
        {
            throw new StatusException(500, "", $"failed to create typed live object ({Describe(rules, current)}): {fault.Message}");
        }

        Strip(managed, ManagerKey.Applier(request.Manager, request.Subresource));
        if (!Json.Same(merged, current))
        {
            Touch(managed, ManagerKey.Applier(request.Manager, request.Subresource), request.Now);
        }

        rules.Complete(merged);
        if (request.Manager == "kubectl")
        {
            LastApplied.Refresh(merged, config);
        }

        managed.WriteTo(merged);
        return merged;
    }

    /// <summary>
    /// Gives <paramref name="updated"/> the stored managed fields back if it differs from <paramref name="live"/> in nothing but their
    /// times, so that a write without a change is none. Call it last, before the two are compared.
    /// </summary>
    public static void KeepTimes(JsonObject updated, JsonObject live)
    {
        if (Json.Array(updated, "metadata", "managedFields") is not { } now || Json.Array(live, "metadata", "managedFields") is not { } before
            || !Json.Same(Bare(updated), Bare(live)) || !Json.Same(Timeless(now), Timeless(before)))
        {
            return;
        }

        updated["metadata"]!["managedFields"] = before.DeepClone();
    }

    private static JsonArray Timeless(JsonArray entries)
    {
        // Times decide the order, so the order must not count either.
        var copies = entries.OfType<JsonObject>().Select(entry => entry.DeepClone().AsObject()).ToList();
        copies.ForEach(copy => copy.Remove("time"));
        return new JsonArray([.. copies.OrderBy(copy => GoText.Json(copy), StringComparer.Ordinal)]);
    }

    private static void Check(FieldManagerRequest request, JsonObject config)
    {
        var rules = request.Rules;
        if (Json.Text(config, "kind") != rules.Kind || Json.Text(config, "apiVersion") != rules.ApiVersion)
        {
            throw StatusException.BadRequest($"invalid object type: {TypeOf(config)}");
        }

        if (Json.At(config, "metadata", "managedFields") is not null)
        {
            throw StatusException.BadRequest("metadata.managedFields must be nil");
        }

        if (TypedValidation.Check(config, rules.Type) is { } fault)
        {
            throw new StatusException(500, "", $"failed to create typed patch object ({Describe(rules, config)}): {fault}");
        }
    }

    private static string Describe(KindRules rules, JsonObject obj) =>
        $"{Json.Text(obj, "metadata", "namespace")}/{Json.Text(obj, "metadata", "name")}; {rules.Group}/{rules.Version}, Kind={rules.Kind}";

    // Without a version the server knows no group either.
    private static string TypeOf(JsonObject config)
    {
        var version = Json.Text(config, "apiVersion") ?? "";
        return $"{(version.Contains('/') ? version : $"/{version}")}, Kind={Json.Text(config, "kind")}";
    }

    private static ManagedFields Start(FieldManagerRequest request, JsonObject? live, JsonArray? own)
    {
        var stored = ManagedFields.TryRead(Json.Array(live, "metadata", "managedFields")) ?? [];
        if (request.Subresource.Length > 0 || own is null)
        {
            return stored;
        }

        // A list of one empty entry resets the bookkeeping; so does an empty list, but in custom resources it reads as none.
        if ((own.Count == 0 && !request.Rules.IsCustom) || (own.Count == 1 && own[0] is JsonObject { Count: 0 }))
        {
            return [];
        }

        return ManagedFields.TryRead(own) is { Count: > 0 } managed ? managed : stored;
    }

    private static void Track(FieldManagerRequest request, JsonObject live, JsonObject updated, ManagedFields managed)
    {
        var comparison = TypedComparison.Of(live, updated, request.Rules.Type);
        comparison.Filter(set => Filter(request, set));
        foreach (var (key, entry) in managed.ToList())
        {
            var rest = entry.Fields.Except(comparison.Modified).Except(comparison.Added).Except(comparison.Removed);
            if (rest.IsEmpty)
            {
                managed.Remove(key);
            }
            else
            {
                managed[key] = entry with { Fields = rest };
            }
        }

        var taken = comparison.Modified.Union(comparison.Added).Except(Identity);
        if (taken.IsEmpty)
        {
            return;
        }

        var apiVersion = request.Rules.ApiVersion;
        var self = new ManagerKey(request.Manager, false, apiVersion, request.Subresource);
        var fields = managed.TryGetValue(self, out var previous) ? taken.Union(previous.Fields) : taken;
        managed[self] = new ManagerEntry(fields, apiVersion, Rfc3339.Format(request.Now));
    }

    // What a write through this door cannot change is nobody's through this door.
    private static FieldSet Filter(FieldManagerRequest request, FieldSet set)
    {
        if (request.Subresource == "status")
        {
            return request.Rules.IsCustom ? set.Within(Status) : set.ExceptBelow(Spec);
        }

        var hasStatus = request.Rules is CustomKind custom ? custom.HasStatus
            : request.Rules.Type.Fields.ContainsKey("status") && request.Rules.Type.Fields.ContainsKey("spec");
        return hasStatus && request.Subresource.Length == 0 ? set.ExceptBelow(Status) : set;
    }

    private static void Strip(ManagedFields managed, ManagerKey key)
    {
        if (!managed.TryGetValue(key, out var entry))
        {
            return;
        }

        var rest = entry.Fields.Except(Identity);
        if (rest.IsEmpty)
        {
            managed.Remove(key);
        }
        else
        {
            managed[key] = entry with { Fields = rest };
        }
    }

    private static void Touch(ManagedFields managed, ManagerKey key, DateTimeOffset now)
    {
        if (managed.TryGetValue(key, out var entry))
        {
            managed[key] = entry with { Time = Rfc3339.Format(now) };
        }
    }

    private static JsonObject Bare(JsonObject? obj)
    {
        var copy = obj?.DeepClone().AsObject() ?? [];
        Json.Object(copy, "metadata")?.Remove("managedFields");
        return copy;
    }

    // The oldest updaters of a version share one entry once there are too many.
    private static void Cap(ManagedFields managed)
    {
        var updaters = managed.Where(e => !e.Key.IsApply).OrderBy(e => e.Value.Time ?? "", StringComparer.Ordinal)
            .ThenBy(e => e.Key.Manager, StringComparer.Ordinal).ToList();
        var count = updaters.Count;
        var first = new Dictionary<string, ManagerKey>(StringComparer.Ordinal);
        foreach (var (key, entry) in updaters)
        {
            if (count <= MaxUpdateManagers)
            {
                return;
            }

            if (first.TryAdd(entry.ApiVersion, key))
            {
                continue;
            }

            var bucket = new ManagerKey(Bucket, false, entry.ApiVersion, "");
            if (!managed.TryGetValue(bucket, out var shared))
            {
                _ = managed.Remove(first[entry.ApiVersion], out shared);
                managed[bucket] = shared!;
            }

            if (key != bucket)
            {
                managed[bucket] = new ManagerEntry(entry.Fields.Union(shared!.Fields), entry.ApiVersion, entry.Time);
                managed.Remove(key);
                count--;
            }
        }
    }
}

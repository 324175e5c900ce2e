using System.Globalization;
using System.Text.Json.Nodes;
using GitOpsToolkit.Hosting.Options;

namespace GitOpsToolkit.Hosting.Leases;

/// <summary>What a Lease says about its holder. Source of the fields: coordination.k8s.io/v1.</summary>
/// <param name="Holder">Who holds it; empty when it was released.</param>
/// <param name="Duration">How long it holds without a renewal.</param>
/// <param name="AcquireTime">When this holder took it, as written by the holder.</param>
/// <param name="RenewTime">When it was last renewed, as written by the holder.</param>
/// <param name="Transitions">How often it changed hands.</param>
internal sealed record LeaseRecord(string Holder, TimeSpan Duration, string? AcquireTime, string? RenewTime, int Transitions)
{
    /// <summary>metav1.MicroTime.</summary>
    private const string MicroTime = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public static LeaseRecord Read(JsonObject lease)
    {
        var spec = lease["spec"] as JsonObject;
        return new LeaseRecord(
            Text(spec, "holderIdentity") ?? "",
            TimeSpan.FromSeconds(Number(spec, "leaseDurationSeconds")),
            Text(spec, "acquireTime"),
            Text(spec, "renewTime"),
            Number(spec, "leaseTransitions"));
    }

    /// <summary>The record of a holder that takes the lease from <paramref name="before"/>, or renews its own.</summary>
    public static LeaseRecord Held(LeaderElectionOptions options, LeaseRecord? before, DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString(MicroTime, CultureInfo.InvariantCulture);
        var renews = before?.Holder == options.Identity;
        return new LeaseRecord(
            options.Identity,
            options.LeaseDuration,
            renews ? before!.AcquireTime : stamp,
            stamp,
            before is null ? 0 : before.Transitions + (renews ? 0 : 1));
    }

    /// <summary>The record that lets anybody take the lease at once.</summary>
    public LeaseRecord Released(DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString(MicroTime, CultureInfo.InvariantCulture);
        return this with { Holder = "", Duration = TimeSpan.FromSeconds(1), AcquireTime = stamp, RenewTime = stamp };
    }

    public JsonObject ToSpec() => new()
    {
        ["holderIdentity"] = Holder,
        // The API wants whole seconds above zero.
        ["leaseDurationSeconds"] = Math.Max(1, (int)Math.Ceiling(Duration.TotalSeconds)),
        ["acquireTime"] = AcquireTime,
        ["renewTime"] = RenewTime,
        ["leaseTransitions"] = Transitions,
    };

    private static string? Text(JsonObject? spec, string name) =>
        spec?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static int Number(JsonObject? spec, string name) =>
        spec?[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : 0;
}

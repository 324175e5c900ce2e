using System.Globalization;
using System.Text.Json;
using GitOpsToolkit.Signatures.Formats;

namespace GitOpsToolkit.Signatures.Certificates;

/// <summary>A span of time; an end that is not given is open.</summary>
internal sealed record Validity(DateTimeOffset? Start, DateTimeOffset? End)
{
    internal bool Holds(DateTimeOffset time) => (Start is not { } start || time >= start) && (End is not { } end || time <= end);

    /// <summary>Reads <c>validFor</c>; without it nothing is bounded.</summary>
    internal static Validity Read(JsonElement owner, string what) => owner.Find("validFor") is { } span
        ? new Validity(Time(span, "start", what), Time(span, "end", what))
        : new Validity(Start: null, End: null);

    private static DateTimeOffset? Time(JsonElement span, string name, string what) => span.FindText(name, what) switch
    {
        null or "" => null,
        var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time,
        var text => throw SignatureException.Invalid($"{what}: '{text}' is no time"),
    };
}

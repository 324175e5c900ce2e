using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Json;

/// <summary>What the attributes of a field say to the reader and the writer.</summary>
/// <param name="IsRequired">Whether the field must be present.</param>
/// <param name="Pattern">What its text must match, or null.</param>
internal sealed record FieldRules(bool IsRequired, Regex? Pattern)
{
    /// <summary>Attributes are slow to look up, and every object of every watch is checked.</summary>
    private static readonly ConcurrentDictionary<JsonPropertyInfo, FieldRules> Known = new();

    /// <summary>The rules of a field.</summary>
    public static FieldRules Of(JsonPropertyInfo property) => Known.GetOrAdd(property, static p => new FieldRules(
        p.AttributeProvider?.IsDefined(typeof(RequiredAttribute), inherit: true) ?? false,
        p.AttributeProvider?.GetCustomAttributes(typeof(PatternAttribute), inherit: true) is [PatternAttribute only]
            ? new Regex(only.Regex, RegexOptions.NonBacktracking)
            : null));
}

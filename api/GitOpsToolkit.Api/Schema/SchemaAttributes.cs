namespace GitOpsToolkit.Api.Schema;

/// <summary>The field must be present: listed under <c>required</c> in the CRD, reported by the reader when absent, always written.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute;

/// <summary>The value which the API server fills in when the field is absent.</summary>
/// <param name="json">The value as JSON text, such as <c>"60s"</c> with its quotes, or <c>{"strategy":"Setters"}</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultAttribute(string json) : Attribute
{
    /// <summary>The default as JSON text.</summary>
    public string Json { get; } = json;
}

/// <summary>The regular expression (RE2) that a string must match.</summary>
/// <param name="regex">The expression; anchored only where it says so.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatternAttribute(string regex) : Attribute
{
    /// <summary>The regular expression.</summary>
    public string Regex { get; } = regex;
}

/// <summary>The only values that a string (or each item of a list of strings) may have.</summary>
/// <param name="values">The allowed values, in the order in which documentation lists them.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EnumAttribute(params string[] values) : Attribute
{
    /// <summary>The allowed values.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>The length of a string in characters; a bound of -1 is not set.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LengthAttribute : Attribute
{
    /// <summary>The smallest allowed length, or -1.</summary>
    public int Min { get; init; } = -1;

    /// <summary>The largest allowed length, or -1.</summary>
    public int Max { get; init; } = -1;
}

/// <summary>The largest number of items in a list.</summary>
/// <param name="count">The number of items.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MaxItemsAttribute(int count) : Attribute
{
    /// <summary>The largest allowed number of items.</summary>
    public int Count { get; } = count;
}

/// <summary>The smallest value of a number.</summary>
/// <param name="value">The smallest allowed value.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MinimumAttribute(long value) : Attribute
{
    /// <summary>The smallest allowed value.</summary>
    public long Value { get; } = value;
}

/// <summary>Server-side apply takes the list or map as one value instead of merging it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AtomicAttribute : Attribute;

/// <summary>A rule of the Common Expression Language which the API server evaluates on every write of the object that carries it.</summary>
/// <param name="rule">The expression; <c>self</c> is the annotated object.</param>
/// <param name="message">What the API server answers when the expression is false.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class CelRuleAttribute(string rule, string message) : Attribute
{
    /// <summary>The expression.</summary>
    public string Rule { get; } = rule;

    /// <summary>The message for a refused object.</summary>
    public string Message { get; } = message;
}

/// <summary>The patterns which several fields share.</summary>
public static class Patterns
{
    /// <summary>A duration in hours, minutes, seconds or milliseconds, such as <c>1h30m</c>.</summary>
    public const string Duration = @"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$";

    /// <summary>A duration without hours, as timeouts use it, such as <c>90s</c>.</summary>
    public const string ShortDuration = @"^([0-9]+(\.[0-9]+)?(ms|s|m))+$";

    /// <summary>A digest: algorithm, colon, encoded value.</summary>
    public const string Digest = "^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$";
}

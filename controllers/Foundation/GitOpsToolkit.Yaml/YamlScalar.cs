namespace GitOpsToolkit.Yaml;

/// <summary>How a scalar is written.</summary>
public enum YamlScalarStyle
{
    /// <summary>Without quotes.</summary>
    Plain,

    /// <summary>In single quotes.</summary>
    SingleQuoted,

    /// <summary>In double quotes.</summary>
    DoubleQuoted,

    /// <summary>A literal block (<c>|</c>).</summary>
    Literal,

    /// <summary>A folded block (<c>&gt;</c>).</summary>
    Folded,
}

/// <summary>A scalar value (never a key) where it stands in its text.</summary>
public sealed record YamlScalar
{
    /// <summary>The value as read.</summary>
    public required string Value { get; init; }

    /// <summary>How it is written.</summary>
    public required YamlScalarStyle Style { get; init; }

    /// <summary>The index in the text of its first character: an opening quote or block indicator included, an anchor or tag not.</summary>
    public required int Start { get; init; }

    /// <summary>The index after its last character.</summary>
    public required int End { get; init; }

    /// <summary>Its line and column.</summary>
    public required YamlPosition Position { get; init; }

    /// <summary>Where it stands in its document, as a JSON pointer (<c>/spec/containers/0/image</c>; empty for a root scalar).</summary>
    public required string Pointer { get; init; }

    /// <summary>The explicit tag, as <c>tag:yaml.org,2002:str</c>; empty if there is none.</summary>
    public required string Tag { get; init; }

    /// <summary>Whether it stands inside <c>[ ]</c> or <c>{ }</c>.</summary>
    public required bool InFlow { get; init; }

    /// <summary>The comment behind it, from its <c>#</c>; null without one.</summary>
    public string? LineComment { get; init; }

    /// <summary>The comment on the lines directly above it (not above its key), from the first <c>#</c>; null without one.</summary>
    public string? HeadComment { get; init; }

    /// <summary>The one comment that go-yaml's readers take as the scalar's: the line comment, else the head comment.</summary>
    public string? Comment => LineComment ?? HeadComment;

    /// <summary>Whether the value as it is written counts as text (quoted, tagged as text, or plain text).</summary>
    public bool IsText => Style != YamlScalarStyle.Plain
        || (Tag.Length == 0 ? PlainScalar.Resolve(Value).Kind is ScalarKind.String : Tag.EndsWith(":str", StringComparison.Ordinal));
}

/// <summary>What the root of a document is.</summary>
public enum YamlRootKind
{
    /// <summary>A map.</summary>
    Map,

    /// <summary>A list.</summary>
    List,

    /// <summary>A scalar, or nothing.</summary>
    Scalar,
}

/// <summary>The scalar values of one document.</summary>
/// <param name="Root">What its root is.</param>
/// <param name="Start">Where its content begins.</param>
/// <param name="Scalars">Its scalar values in the order of the text.</param>
public sealed record YamlScalarDocument(YamlRootKind Root, YamlPosition Start, IReadOnlyList<YamlScalar> Scalars)
{
    /// <summary>The value at a pointer (the last one, where keys repeat); null if there is no scalar.</summary>
    public string? ValueAt(string pointer) => Scalars.LastOrDefault(scalar => scalar.Pointer == pointer)?.Value;
}

namespace GitOpsToolkit.Sandbox.Machinery.Types;

/// <summary>What a value is made of.</summary>
public enum SchemaKind
{
    /// <summary>Anything; lists are atomic, maps granular, as types deduced from the value are.</summary>
    Any,

    /// <summary>A text.</summary>
    String,

    /// <summary>A whole number of 32 bits.</summary>
    Int32,

    /// <summary>A whole number of 64 bits.</summary>
    Int64,

    /// <summary>A number.</summary>
    Number,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A quantity such as <c>100m</c>: text or number, kept as text.</summary>
    Quantity,

    /// <summary>A number or a text.</summary>
    IntOrString,

    /// <summary>An RFC 3339 time with seconds.</summary>
    Time,

    /// <summary>An RFC 3339 time with microseconds.</summary>
    MicroTime,

    /// <summary>Bytes as base64 text.</summary>
    Bytes,

    /// <summary>A list of <see cref="SchemaType.Element"/>.</summary>
    List,

    /// <summary>An object: named fields, free keys with values of <see cref="SchemaType.Element"/>, or both.</summary>
    Map,
}

/// <summary>How the entries of a list relate when two writers meet.</summary>
public enum ListRelation
{
    /// <summary>One writer owns the list as a whole.</summary>
    Atomic,

    /// <summary>Every scalar is owned by itself.</summary>
    Set,

    /// <summary>Entries are objects known by their key fields.</summary>
    Map,
}

/// <summary>What an absent or empty value of a field looks like after a round trip through the server's own types.</summary>
public enum EmptyForm
{
    /// <summary>As it came.</summary>
    Keep,

    /// <summary>An empty value is left out.</summary>
    Omit,

    /// <summary>An absent object is written as <c>{}</c>.</summary>
    Object,

    /// <summary>An absent scalar is written as its zero value.</summary>
    Zero,
}

/// <summary>A type of the API: what server-side apply, strategic merge and strict decoding need to know of it.</summary>
public sealed class SchemaType
{
    /// <summary>The type of values nothing is known of.</summary>
    public static SchemaType Any { get; } = new(SchemaKind.Any);

    internal SchemaType(SchemaKind kind) => Kind = kind;

    /// <summary>What a value is made of.</summary>
    public SchemaKind Kind { get; internal set; }

    /// <summary>Name of the type in messages, such as <c>DeploymentSpec</c>; empty if it has none.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>Name of the type in OpenAPI documents, such as <c>io.k8s.api.apps.v1.DeploymentSpec</c>; empty if it stands in them where it is used.</summary>
    public string Model { get; internal set; } = "";

    /// <summary>Named fields of a map type.</summary>
    public IReadOnlyDictionary<string, SchemaField> Fields => FieldTable;

    /// <summary>Type of list entries, or of the values under free keys of a map; null if there are none.</summary>
    public SchemaType? Element { get; internal set; }

    /// <summary>Whether a map is owned as a whole.</summary>
    public bool Atomic { get; internal set; }

    /// <summary>Relation of the entries of a list.</summary>
    public ListRelation Relation { get; internal set; }

    /// <summary>Key fields of a <see cref="ListRelation.Map"/> list.</summary>
    public IReadOnlyList<string> Keys { get; internal set; } = [];

    internal Dictionary<string, SchemaField> FieldTable { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether values are neither lists nor maps.</summary>
    public bool IsScalar => Kind is not (SchemaKind.Any or SchemaKind.List or SchemaKind.Map);

    internal SchemaType? FieldType(string name) => FieldTable.TryGetValue(name, out var field) ? field.Type : Element;
}

/// <summary>A named field of a <see cref="SchemaType"/>.</summary>
/// <param name="Name">JSON name.</param>
/// <param name="Type">Its type.</param>
public sealed record SchemaField(string Name, SchemaType Type)
{
    /// <summary>Whether OpenAPI documents call the field required. Objects without it are decoded all the same.</summary>
    public bool Required { get; init; }

    /// <summary>Whether a strategic merge patch merges the list or map instead of replacing it.</summary>
    public bool PatchMerge { get; init; }

    /// <summary>Whether a strategic merge patch replaces the map as a whole.</summary>
    public bool PatchReplace { get; init; }

    /// <summary>Key by which a strategic merge patch finds list entries; null for lists of scalars.</summary>
    public string? PatchMergeKey { get; init; }

    /// <summary>Whether <c>$retainKeys</c> is understood.</summary>
    public bool RetainKeys { get; init; }

    /// <summary>Value that stands for an absent one where the field is a list key.</summary>
    public System.Text.Json.Nodes.JsonNode? Default { get; init; }

    /// <summary>What an empty value becomes.</summary>
    public EmptyForm Empty { get; init; }
}

using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.Templating;

/// <summary>A value with its Go type: what reflect.Value is in Go. The default is "no value".</summary>
public readonly struct GoValue
{
    /// <summary>
    /// bool, long, ulong, double, string (bytes), GoValue[] (null: nil list), GoMap (null: nil map), GoStruct, GoPointer (null: nil), or for an
    /// interface the boxed value that is in it (null: nil). Elements of lists and maps of interfaces are kept without the interface around them.
    /// </summary>
    private readonly object? data;

    internal GoValue(GoType type, object? data)
    {
        Type = type;
        this.data = data;
    }

    /// <summary>The type; null for no value.</summary>
    public GoType? Type { get; }

    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Type))]
    public bool IsValid => Type is not null;

    /// <summary>What the type is made of.</summary>
    public GoKind Kind => Type?.Kind ?? GoKind.Invalid;

    internal object? Data => data;

    internal bool Truth => (bool)data!;

    internal long Integer => (long)data!;

    internal ulong Unsigned => (ulong)data!;

    internal double Float => (double)data!;

    /// <summary>The bytes of a string.</summary>
    internal string Bytes => (string)data!;

    internal GoValue[] Items => (GoValue[]?)data ?? [];

    internal GoMap? Map => (GoMap?)data;

    internal GoStruct Struct => (GoStruct)data!;

    /// <summary>A text.</summary>
    public static GoValue Of(string text) => new(GoType.String, GoText.FromText(text));

    /// <summary>A whole number of type int.</summary>
    public static GoValue Of(long number) => new(GoType.Int, number);

    /// <summary>A float64.</summary>
    public static GoValue Of(double number) => new(GoType.Float64, number);

    /// <summary>A bool.</summary>
    public static GoValue Of(bool truth) => new(GoType.Bool, truth);

    /// <summary>A value of another integer type.</summary>
    public static GoValue Number(GoType type, long number)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new GoValue(type, type.IsUnsigned ? (ulong)number : number);
    }

    /// <summary>A list; of interface {} where no type is said.</summary>
    public static GoValue ListOf(IEnumerable<GoValue> items, GoType? type = null) => new(type ?? GoType.List, items.ToArray());

    /// <summary>A map; of string to interface {} where no type is said.</summary>
    public static GoValue MapOf(IEnumerable<KeyValuePair<GoValue, GoValue>> entries, GoType? type = null)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var map = new GoMap();
        foreach (var (key, value) in entries)
        {
            map[key] = value;
        }

        return new GoValue(type ?? GoType.Dictionary, map);
    }

    /// <summary>A struct with its fields in the order of its type.</summary>
    public static GoValue StructOf(GoType type, params GoValue[] fields) => new(type, new GoStruct(fields));

    /// <summary>A pointer to a value.</summary>
    public static GoValue PointerTo(GoValue target) =>
        new(GoType.PointerTo(target.Type ?? GoType.Interface), new GoPointer(target));

    /// <summary>A function that templates may call with <c>call</c>.</summary>
    /// <param name="function">The function.</param>
    /// <param name="typeName">Its type's name, for example <c>func(string) string</c>.</param>
    public static GoValue Of(GoFunction function, string typeName) => new(GoType.FunctionOf(typeName), function);

    internal static GoValue OfBytes(string bytes) => new(GoType.String, bytes);

    internal static GoValue OfInt64(long number) => new(GoType.Int64, number);

    internal static GoValue OfStrings(IEnumerable<string> bytes) => new(GoType.Strings, bytes.Select(OfBytes).ToArray());

    /// <summary>The value that a type's variables begin with.</summary>
    internal static GoValue Zero(GoType type) => type.Kind switch
    {
        GoKind.Bool => new GoValue(type, false),
        GoKind.Int or GoKind.Int32 or GoKind.Int64 => new GoValue(type, 0L),
        GoKind.Uint or GoKind.Uint8 or GoKind.Uint64 => new GoValue(type, 0UL),
        GoKind.Float64 => new GoValue(type, 0.0),
        GoKind.String => new GoValue(type, ""),
        GoKind.Struct when ReferenceEquals(type, GoType.Reflected) => default,
        GoKind.Struct => new GoValue(type, new GoStruct([.. type.Fields.Select(field => Zero(field.Type))])),
        _ => new GoValue(type, null),
    };

    internal bool IsNil => Kind is GoKind.Slice or GoKind.Map or GoKind.Pointer or GoKind.Interface or GoKind.Func && data is null;

    /// <summary>What an interface or a pointer holds; no value where it is nil.</summary>
    internal GoValue Inner => data switch
    {
        GoValue held when Kind == GoKind.Interface => held,
        GoPointer pointer => pointer.Target,
        _ => default,
    };

    /// <summary>The value in an interface, or the value itself.</summary>
    internal GoValue Unwrapped => Kind == GoKind.Interface ? Inner : this;

    /// <summary>An element as it lies in a list or map of a type: with the interface around it where the type is one.</summary>
    internal static GoValue Placed(GoType type, GoValue element) =>
        type.Kind == GoKind.Interface && element.Kind != GoKind.Interface
            ? new GoValue(type, element.IsValid ? element : null)
            : element;

    internal GoValue At(int index) => Placed(Type!.Element!, Items[index]);

    /// <summary>The bytes of a string, the elements of a list, the entries of a map; null where the kind has no length.</summary>
    internal int? Length => Kind switch
    {
        GoKind.String => Bytes.Length,
        GoKind.Slice => Items.Length,
        GoKind.Map => Map?.Count ?? 0,
        _ => null,
    };
}

/// <summary>The fields of a struct value.</summary>
internal sealed record GoStruct(GoValue[] Fields)
{
    /// <summary>What a struct is whose fields are nobody's business, such as a version or a time.</summary>
    internal object? Opaque { get; init; }
}

/// <summary>What a pointer points to.</summary>
internal sealed record GoPointer(GoValue Target);

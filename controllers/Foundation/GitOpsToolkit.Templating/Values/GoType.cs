using System.Collections.Concurrent;

namespace GitOpsToolkit.Templating;

/// <summary>A Go type. Types that mean the same are one object, so that they can be compared by reference.</summary>
public sealed class GoType
{
    private static readonly ConcurrentDictionary<GoType, GoType> Slices = new();
    private static readonly ConcurrentDictionary<GoType, GoType> Pointers = new();
    private static readonly ConcurrentDictionary<(GoType Key, GoType Element), GoType> Maps = new();

    private GoType(GoKind kind, string name)
    {
        Kind = kind;
        Name = name;
    }

    /// <summary>bool.</summary>
    public static GoType Bool { get; } = new(GoKind.Bool, "bool");

    /// <summary>int.</summary>
    public static GoType Int { get; } = new(GoKind.Int, "int");

    /// <summary>int32.</summary>
    public static GoType Int32 { get; } = new(GoKind.Int32, "int32");

    /// <summary>int64.</summary>
    public static GoType Int64 { get; } = new(GoKind.Int64, "int64");

    /// <summary>uint.</summary>
    public static GoType Uint { get; } = new(GoKind.Uint, "uint");

    /// <summary>uint8.</summary>
    public static GoType Uint8 { get; } = new(GoKind.Uint8, "uint8");

    /// <summary>uint64.</summary>
    public static GoType Uint64 { get; } = new(GoKind.Uint64, "uint64");

    /// <summary>float64.</summary>
    public static GoType Float64 { get; } = new(GoKind.Float64, "float64");

    /// <summary>string.</summary>
    public static GoType String { get; } = new(GoKind.String, "string");

    /// <summary>interface {}.</summary>
    public static GoType Interface { get; } = new(GoKind.Interface, "interface {}");

    /// <summary>[]interface {}.</summary>
    public static GoType List { get; } = SliceOf(Interface);

    /// <summary>[]string.</summary>
    public static GoType Strings { get; } = SliceOf(String);

    /// <summary>map[string]interface {}.</summary>
    public static GoType Dictionary { get; } = MapOf(String, Interface);

    /// <summary>The type's name as Go writes it, for example <c>map[string]interface {}</c> or <c>update.Change</c>.</summary>
    public string Name { get; }

    /// <summary>What the type is made of.</summary>
    public GoKind Kind { get; }

    /// <summary>What a list, map or pointer holds.</summary>
    public GoType? Element { get; private init; }

    /// <summary>The keys of a map.</summary>
    public GoType? Key { get; private init; }

    /// <summary>The fields of a struct, in order.</summary>
    public IReadOnlyList<GoField> Fields { get; private init; } = [];

    /// <summary>The methods that values of the type have.</summary>
    public IReadOnlyList<GoFunction> Methods { get; private init; } = [];

    /// <summary>How the type prints where Go's has a String method; null where it has none.</summary>
    internal GoFunction? Stringer => field ??= Method("String");

    /// <summary>The type that reflection sees arguments of Go's own functions as: anything, nil too, just as it is.</summary>
    internal static GoType Reflected { get; } = new(GoKind.Struct, "reflect.Value");

    /// <summary>A named type that behaves as another; null for types without a name.</summary>
    private GoType? Underlying { get; init; }

    private bool IsNamed { get; init; }

    /// <summary>A list of a type.</summary>
    public static GoType SliceOf(GoType element)
    {
        ArgumentNullException.ThrowIfNull(element);
        return Slices.GetOrAdd(element, static of => new GoType(GoKind.Slice, "[]" + of.Name) { Element = of });
    }

    /// <summary>A pointer to a type.</summary>
    public static GoType PointerTo(GoType element)
    {
        ArgumentNullException.ThrowIfNull(element);
        return Pointers.GetOrAdd(element, static of => new GoType(GoKind.Pointer, "*" + of.Name) { Element = of, Methods = of.Methods });
    }

    /// <summary>A map from a type to a type.</summary>
    public static GoType MapOf(GoType key, GoType element)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(element);
        return Maps.GetOrAdd((key, element), static of =>
            new GoType(GoKind.Map, $"map[{of.Key.Name}]{of.Element.Name}") { Key = of.Key, Element = of.Element });
    }

    /// <summary>A function, which only <c>call</c> can call.</summary>
    /// <param name="name">Its type's name, for example <c>func(string) string</c>.</param>
    public static GoType FunctionOf(string name) => new(GoKind.Func, name);

    /// <summary>A struct type with a name.</summary>
    /// <param name="name">Its name with its package, for example <c>update.Change</c>.</param>
    /// <param name="fields">Its fields in order.</param>
    /// <param name="methods">Its methods; their first argument is the value itself.</param>
    public static GoType Struct(string name, IReadOnlyList<GoField> fields, params IReadOnlyList<GoFunction> methods) =>
        new(GoKind.Struct, name) { Fields = fields, Methods = methods, IsNamed = true };

    /// <summary>A type with a name of its own that is otherwise another type.</summary>
    public static GoType Named(string name, GoType underlying, params IReadOnlyList<GoFunction> methods)
    {
        ArgumentNullException.ThrowIfNull(underlying);
        return new GoType(underlying.Kind, name)
        {
            Element = underlying.Element,
            Key = underlying.Key,
            Fields = underlying.Fields,
            Methods = methods,
            Underlying = underlying,
            IsNamed = true,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal bool IsInteger => Kind is GoKind.Int or GoKind.Int32 or GoKind.Int64;

    internal bool IsUnsigned => Kind is GoKind.Uint or GoKind.Uint8 or GoKind.Uint64;

    /// <summary>Whether values of the type can be compared with ==.</summary>
    internal bool IsComparable => Kind switch
    {
        GoKind.Slice or GoKind.Map or GoKind.Func => false,
        GoKind.Struct => Fields.All(member => member.Type.IsComparable),
        _ => true,
    };

    internal bool CanBeNil =>
        Kind is GoKind.Slice or GoKind.Map or GoKind.Pointer or GoKind.Interface or GoKind.Func || ReferenceEquals(this, Reflected);

    internal GoFunction? Method(string name) => Methods.FirstOrDefault(method => method.Name == name);

    /// <summary>Whether a variable of the other type takes a value of this one.</summary>
    internal bool IsAssignableTo(GoType other)
    {
        if (ReferenceEquals(this, other) || other.Kind == GoKind.Interface)
        {
            return true;
        }

        return (!IsNamed || !other.IsNamed) && (IsNamed || other.IsNamed)
            && ReferenceEquals(Underlying ?? this, other.Underlying ?? other);
    }
}

/// <summary>A field of a struct.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
public sealed record GoField(string Name, GoType Type)
{
    /// <summary>Whether the fields of this one, a struct, can be named as if they were the outer struct's.</summary>
    public bool IsEmbedded { get; init; }
}

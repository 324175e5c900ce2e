namespace GitOpsToolkit.Templating;

/// <summary>What a Go type is made of: reflect.Kind, as far as template data has it.</summary>
public enum GoKind
{
    /// <summary>No value at all, which an unset map key yields.</summary>
    Invalid,

    /// <summary>bool.</summary>
    Bool,

    /// <summary>int, 64 bits wide.</summary>
    Int,

    /// <summary>int32.</summary>
    Int32,

    /// <summary>int64.</summary>
    Int64,

    /// <summary>uint.</summary>
    Uint,

    /// <summary>uint8, of which text encodings are lists.</summary>
    Uint8,

    /// <summary>uint64.</summary>
    Uint64,

    /// <summary>float64.</summary>
    Float64,

    /// <summary>string.</summary>
    String,

    /// <summary>A list.</summary>
    Slice,

    /// <summary>A map.</summary>
    Map,

    /// <summary>A struct.</summary>
    Struct,

    /// <summary>A pointer.</summary>
    Pointer,

    /// <summary>interface {}, a place for any value.</summary>
    Interface,

    /// <summary>A function, which <c>call</c> calls.</summary>
    Func,
}

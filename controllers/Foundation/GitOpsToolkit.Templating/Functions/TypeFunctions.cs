using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on types.</summary>
internal static class TypeFunctions
{
    /// <summary>What Go says where a function looks at nothing.</summary>
    internal const string NilPointer = "runtime error: invalid memory address or nil pointer dereference";

    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Of("typeOf", [Any], a => GoValue.OfBytes(TypeOf(a[0]))),
        Of("typeIs", [Text, Any], a => GoValue.Of(TypeOf(a[1]) == a[0].Bytes)),
        Of("typeIsLike", [Text, Any], a => GoValue.Of(TypeOf(a[1]) is var type && (type == a[0].Bytes || type == "*" + a[0].Bytes))),
        Of("kindOf", [Any], a => GoValue.OfBytes(KindOf(a[0]))),
        Of("kindIs", [Text, Any], a => GoValue.Of(KindOf(a[1]) == a[0].Bytes)),
        Of("deepEqual", [Any, Any], (call, a) => GoValue.Of(DeepEquality.AreEqual(call, a[0], a[1]))),
    ];

    internal static string KindOf(GoValue value) => value.Kind switch
    {
        GoKind.Pointer => "ptr",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static string TypeOf(GoValue value) => value.Type?.Name ?? "<nil>";
}

using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on what is empty.</summary>
internal static class DefaultFunctions
{
    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Variadic("default", [Any, Any], a => a.Length == 1 || IsEmpty(a[1]) ? Placed(a[0]) : a[1]),
        Of("empty", [Any], a => GoValue.Of(IsEmpty(a[0]))),
        Variadic("coalesce", [Any], a => Placed(Array.Find(a, value => !IsEmpty(value)))),
        Variadic("all", [Any], a => GoValue.Of(Array.TrueForAll(a, value => !IsEmpty(value)))),
        Variadic("any", [Any], a => GoValue.Of(Array.Exists(a, value => !IsEmpty(value)))),
        Of("ternary", [Any, Any, GoType.Bool], a => Placed(a[2].Truth ? a[0] : a[1])),
        Of("fail", [Text], a => throw new GoException(a[0].Bytes)),
    ];

    internal static bool IsEmpty(GoValue value) => value.Unwrapped.Kind != GoKind.Struct && !Execution.Truth.Of(value.Unwrapped);

    /// <summary>A value that a function gives as interface {}.</summary>
    internal static GoValue Placed(GoValue value) => value.IsValid ? value : new GoValue(GoType.Interface, null);
}

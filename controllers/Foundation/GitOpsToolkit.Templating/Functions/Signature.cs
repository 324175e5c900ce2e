namespace GitOpsToolkit.Templating.Functions;

/// <summary>Short ways to say what a function takes and gives.</summary>
internal static class Signature
{
    internal static readonly GoType Text = GoType.String;
    internal static readonly GoType Any = GoType.Interface;
    internal static readonly GoType Int = GoType.Int;
    internal static readonly GoType Dictionary = GoType.Dictionary;

    /// <summary>A function of texts that gives a text.</summary>
    internal static GoFunction Texts(string name, Func<string, string> of) =>
        new(name, [Text], (_, arguments) => GoValue.OfBytes(of(arguments[0].Bytes)));

    /// <summary>A function of two texts that gives a text.</summary>
    internal static GoFunction Texts(string name, Func<string, string, string> of) =>
        new(name, [Text, Text], (_, arguments) => GoValue.OfBytes(of(arguments[0].Bytes, arguments[1].Bytes)));

    internal static GoFunction Of(string name, GoType[] parameters, Func<GoValue[], GoValue> of) =>
        new(name, parameters, (_, arguments) => of(arguments));

    internal static GoFunction Of(string name, GoType[] parameters, GoCall of) => new(name, parameters, of);

    internal static GoFunction Variadic(string name, GoType[] parameters, GoCall of) => new(name, parameters, of) { IsVariadic = true };

    internal static GoFunction Variadic(string name, GoType[] parameters, Func<GoValue[], GoValue> of) =>
        new(name, parameters, (_, arguments) => of(arguments)) { IsVariadic = true };

    /// <summary>An argument of type int.</summary>
    internal static int Count(this GoValue value) => (int)Math.Clamp(value.Integer, int.MinValue, int.MaxValue);

    /// <summary>What fmt.Sprintf("%v") makes of a value, but errors and texts are themselves: sprig's strval.</summary>
    internal static string Plain(CallContext call, GoValue value)
    {
        var held = value.Unwrapped;
        return held.Kind == GoKind.String ? held.Bytes : Printing.GoPrinter.Text(call, held);
    }
}

using GitOpsToolkit.Templating.Printing;
using GitOpsToolkit.Versioning;
using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's regular expressions, in Go's syntax and in time linear in the text.</summary>
internal static class RegexFunctions
{
    private const string Special = @"\.+*?()|[]{}^$";

    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Of("regexMatch", [Text, Text], (call, a) => GoValue.Of(Compile(call, a, isMust: true, isSilent: true)?.IsMatch(Subject(a)) ?? false)),
        Of("mustRegexMatch", [Text, Text], (call, a) => GoValue.Of(Compile(call, a, isMust: true)!.IsMatch(Subject(a)))),
        .. Both("regexFind", [Text, Text], Find),
        .. Both("regexFindAll", [Text, Text, Int], FindAll),
        .. Both("regexReplaceAll", [Text, Text, Text], (call, a, isMust) => ReplaceAll(call, a, isMust, isLiteral: false)),
        .. Both("regexReplaceAllLiteral", [Text, Text, Text], (call, a, isMust) => ReplaceAll(call, a, isMust, isLiteral: true)),
        .. Both("regexSplit", [Text, Text, Int], Split),
        Texts("regexQuoteMeta", text =>
            string.Concat(text.Select(c => Special.Contains(c, StringComparison.Ordinal) ? $"\\{c}" : c.ToString()))),
    ];

    private static GoFunction[] Both(string name, GoType[] parameters, Func<CallContext, GoValue[], bool, GoValue> of) =>
    [
        Of(name, parameters, (call, a) => of(call, a, false)),
        Of(ListFunctions.Must(name), parameters, (call, a) => of(call, a, true)),
    ];

    private static string Subject(GoValue[] arguments) => GoText.ToText(arguments[1].Bytes);

    /// <summary>Compiles the pattern; it costs by its length and the text's. Functions without "must" name the pattern in errors.</summary>
    private static GoRegex? Compile(CallContext call, GoValue[] arguments, bool isMust, bool isSilent = false)
    {
        const int WorkOfAStep = 256;
        var pattern = GoText.ToText(arguments[0].Bytes);
        call.Spend(64 + ((long)pattern.Length * (pattern.Length + arguments[1].Bytes.Length) / WorkOfAStep));
        if (GoRegex.TryCompile(pattern, out var regex, out var error))
        {
            return regex;
        }

        var shown = GoQuote.CanBackquote(arguments[0].Bytes) ? $"`{arguments[0].Bytes}`" : GoQuote.Quote(arguments[0].Bytes);
        var compile = isMust ? "" : $"regexp: Compile({shown}): ";
        return isSilent ? null : throw new GoException($"{compile}error parsing regexp: {GoText.FromText(error)}");
    }

    private static GoValue Find(CallContext call, GoValue[] arguments, bool isMust)
    {
        var found = Compile(call, arguments, isMust)!.Find(Subject(arguments), 1);
        return GoValue.OfBytes(found.Count == 0 ? "" : GoText.FromText(found[0]));
    }

    private static GoValue FindAll(CallContext call, GoValue[] arguments, bool isMust)
    {
        var found = Compile(call, arguments, isMust)!.Find(Subject(arguments), arguments[2].Count());
        call.Spend(found.Count);
        return found.Count == 0 ? new GoValue(GoType.Strings, null) : GoValue.OfStrings(found.Select(GoText.FromText));
    }

    private static GoValue ReplaceAll(CallContext call, GoValue[] arguments, bool isMust, bool isLiteral)
    {
        var template = GoText.ToText(arguments[2].Bytes);
        var replaced = new Output(call);
        foreach (var piece in Compile(call, arguments, isMust)!.Replace(Subject(arguments), template, isLiteral))
        {
            call.Spend(1);
            replaced.Write(GoText.FromText(piece));
        }

        return GoValue.OfBytes(replaced.ToString());
    }

    private static GoValue Split(CallContext call, GoValue[] arguments, bool isMust)
    {
        var parts = Compile(call, arguments, isMust)!.Split(Subject(arguments), arguments[2].Count());
        call.Spend(parts?.Count ?? 0);
        return parts is null ? new GoValue(GoType.Strings, null) : GoValue.OfStrings(parts.Select(GoText.FromText));
    }
}

using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on JSON. Those without "must" give nothing where the others fail.</summary>
internal static class JsonFunctions
{
    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Of("fromJson", [Text], (call, a) => Silently(() => new JsonReader(call, a[0].Bytes).Read(), new GoValue(GoType.Interface, null))),
        Of("mustFromJson", [Text], (call, a) => new JsonReader(call, a[0].Bytes).Read()),
        Of("toJson", [Any], (call, a) => Silently(() => Write(call, a[0]), GoValue.OfBytes(""))),
        Of("mustToJson", [Any], (call, a) => Write(call, a[0])),
        Of("toPrettyJson", [Any], (call, a) => Silently(() => Write(call, a[0], isPretty: true), GoValue.OfBytes(""))),
        Of("mustToPrettyJson", [Any], (call, a) => Write(call, a[0], isPretty: true)),
        Of("toRawJson", [Any], (call, a) => Write(call, a[0], escapesHtml: false)),
        Of("mustToRawJson", [Any], (call, a) => Write(call, a[0], escapesHtml: false)),
    ];

    private static GoValue Write(CallContext call, GoValue value, bool isPretty = false, bool escapesHtml = true) =>
        GoValue.OfBytes(new JsonWriter(call, isPretty, escapesHtml).Write(value));

    private static GoValue Silently(Func<GoValue> work, GoValue otherwise)
    {
        try
        {
            return work();
        }
        catch (GoException)
        {
            return otherwise;
        }
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Apply;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

/// <summary>
/// A case is a list of steps against one object (<c>steps.json</c>): each has a verb (apply, update, status), a manager, the body, and
/// what comes of it: the object without <c>managedFields</c> times (<c>expect</c>), the owners (<c>owners</c>) or the message of the refusal (<c>error</c>).
/// </summary>
public sealed class ApplyTests
{
    public static TheoryData<string> All => Cases.In("apply");

    [Theory]
    [MemberData(nameof(All))]
    public void Case(string name)
    {
        var scenario = Cases.Read("apply", name, "steps.json")!.AsObject();
        var rules = Rules(scenario);
        JsonObject? live = null;
        var second = 0;
        foreach (var step in scenario["steps"]!.AsArray().OfType<JsonObject>())
        {
            var request = new FieldManagerRequest(rules, Json.Text(step, "manager") ?? "tester", Json.Text(step, "subresource") ?? "",
                new DateTimeOffset(2026, 1, 1, 0, 0, second++, TimeSpan.Zero));
            var body = step["body"]!.DeepClone().AsObject();
            body["apiVersion"] = rules.ApiVersion;
            body["kind"] = rules.Kind;
            if (step["error"] is { } error)
            {
                var refusal = Assert.Throws<StatusException>(() => Run(step, request, live, body));
                Assert.Equal(error.GetValue<string>(), refusal.Message);
                Assert.Equal(Json.Integer(step, "code") ?? 409, refusal.Code);
                continue;
            }

            var result = Run(step, request, live, body);
            if (live is not null)
            {
                FieldManager.KeepTimes(result, live);
            }

            Check(step, live, result);
            live = result;
        }
    }

    private static KindRules Rules(JsonObject scenario) => scenario["crd"] is JsonObject crd
        ? CustomKind.FromDefinition(crd, "v1")
        : BuiltinKind.Find(Json.Text(scenario, "group")!, "v1", Json.Text(scenario, "kind")!)!;

    private static JsonObject Run(JsonObject step, FieldManagerRequest request, JsonObject? live, JsonObject body)
    {
        if (Json.Text(step, "verb") == "apply")
        {
            return FieldManager.Apply(request, live, body, Json.Boolean(step, "force") ?? false);
        }

        request.Rules.Decode(body);
        request.Rules.Default(body);
        FieldManager.Update(request, live, body);
        return body;
    }

    private static void Check(JsonObject step, JsonObject? live, JsonObject result)
    {
        if (Json.Boolean(step, "unchanged") == true)
        {
            Cases.Same(live, result);
        }

        foreach (var (path, expected) in Json.Object(step, "expect") ?? [])
        {
            Cases.Same(expected, path.Split('.').Aggregate((JsonNode?)result, Walk));
        }

        foreach (var (owner, expected) in Json.Object(step, "owners") ?? [])
        {
            var entry = result["metadata"]?["managedFields"]?.AsArray()
                .FirstOrDefault(e => $"{Json.Text(e, "manager")}/{Json.Text(e, "operation")}" == owner);
            Cases.Same(expected, entry?["fieldsV1"]);
        }
    }

    private static JsonNode? Walk(JsonNode? node, string part) => int.TryParse(part, CultureInfo.InvariantCulture, out var index)
        ? (node as JsonArray)?.ElementAtOrDefault(index) : (node as JsonObject)?[part];
}

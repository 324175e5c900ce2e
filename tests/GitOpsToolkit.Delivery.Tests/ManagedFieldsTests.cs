using System.Text.Json.Nodes;
using CsCheck;
using Xunit;

namespace GitOpsToolkit.Delivery.Tests;

public sealed class ManagedFieldsTests
{
    private const string Ours = "kustomize-controller";

    private static readonly Gen<JsonObject> Sets = Set(2);

    private static Gen<JsonObject> Set(int depth) => depth == 0
        ? Gen.Const(0).Select(_ => new JsonObject())
        : Gen.Select(Gen.Char['a', 'c'], Set(depth - 1)).List[0, 3].Select(fields =>
        {
            var map = new JsonObject();
            foreach (var (key, value) in fields)
            {
                map[$"f:{key}"] = value.DeepClone();
            }

            return map;
        });

    private static HashSet<string> Members(JsonObject set, string path = "")
    {
        HashSet<string> members = [];
        foreach (var (key, value) in set)
        {
            var child = (JsonObject)value!;
            if (key != "." && (child.Count == 0 || child.ContainsKey(".")))
            {
                members.Add($"{path}/{key}");
            }

            if (key != ".")
            {
                members.UnionWith(Members(child, $"{path}/{key}"));
            }
        }

        return members;
    }

    [Fact]
    public void A_union_has_the_members_of_both() => Gen.Select(Sets, Sets).Sample((left, right) =>
        Assert.Equal(Members(left).Union(Members(right)).Order(StringComparer.Ordinal), Members(FieldSet.Union(left, right)).Order(StringComparer.Ordinal)));

    [Fact]
    public void A_union_with_itself_or_nothing_is_itself() => Sets.Sample(set =>
    {
        Assert.Equal(Members(set), Members(FieldSet.Union(set, set)));
        Assert.Equal(Members(set), Members(FieldSet.Union(set, null)));
    });

    private static JsonObject Object(params (string Manager, string Operation, string Subresource, string Fields)[] entries) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["resourceVersion"] = "7",
            ["managedFields"] = new JsonArray([.. entries.Select(entry => (JsonNode)new JsonObject
            {
                ["manager"] = entry.Manager, ["operation"] = entry.Operation, ["subresource"] = entry.Subresource,
                ["fieldsV1"] = JsonNode.Parse(entry.Fields),
            })]),
        },
    };

    [Fact]
    public void The_fields_of_kubectl_become_ours()
    {
        var body = Object(
            (Ours, "Apply", "", """{"f:data":{"f:a":{}}}"""), ("kubectl-client-side-apply", "Update", "", """{"f:data":{"f:b":{}}}"""),
            ("kubectl", "Apply", "", """{"f:data":{"f:c":{}}}"""), ("other", "Update", "", """{"f:data":{"f:d":{}}}"""),
            ("kubectl-edit", "Update", "status", """{"f:status":{}}"""));
        var entries = ManagedFields.TakeOver(body, Ours, [])!;
        Assert.Equal(["other", "kubectl-edit", Ours], entries.Select(entry => entry!["manager"]!.ToString()));
        Assert.Equal("""{"f:data":{"f:a":{},"f:b":{},"f:c":{}}}""", entries[^1]!["fieldsV1"]!.ToJsonString());
        Assert.Equal("Apply", entries[^1]!["operation"]!.ToString());
    }

    [Fact]
    public void Without_an_entry_of_ours_the_first_one_is_renamed()
    {
        var entries = ManagedFields.TakeOver(Object(("before-first-apply", "Update", "", """{"f:data":{}}""")), Ours, [])!;
        Assert.Equal((Ours, "Apply"), (Assert.Single(entries)!["manager"]!.ToString(), entries[0]!["operation"]!.ToString()));
    }

    [Fact]
    public void Others_are_left_alone_unless_the_operator_says_so()
    {
        var body = Object((Ours, "Apply", "", "{}"), ("helm", "Update", "", """{"f:data":{}}"""));
        Assert.Null(ManagedFields.TakeOver(body, Ours, []));
        Assert.NotNull(ManagedFields.TakeOver(body, Ours, ["helm"]));
    }

    [Fact]
    public void The_cleanup_is_for_the_state_it_was_made_from()
    {
        var body = Object(("kubectl", "Update", "", """{"f:data":{}}"""));
        body["metadata"]!["annotations"] = new JsonObject { ["kubectl.kubernetes.io/last-applied-configuration"] = "{}" };
        body["metadata"]!["labels"] = new JsonObject { ["fluxcd.io/sync-gc-mark"] = "x" };
        var patch = LiveDiff.Cleanup(body, Ours, [])!;
        Assert.Equal(
            ["test /metadata/resourceVersion", "remove /metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration",
                "remove /metadata/labels/fluxcd.io~1sync-gc-mark", "replace /metadata/managedFields"],
            patch.Select(operation => $"{operation!["op"]} {operation["path"]}"));
        Assert.Null(LiveDiff.Cleanup(Object((Ours, "Apply", "", "{}")), Ours, []));
    }

    [Theory]
    [InlineData("""{"metadata":{"labels":{"a":"1"}}}""", """{"metadata":{"labels":{"a":"2"}}}""", true)]
    [InlineData("""{"metadata":{"annotations":{}}}""", """{"metadata":{}}""", false)]
    [InlineData("""{"metadata":{"generation":1},"status":{"x":1}}""", """{"metadata":{"generation":2},"status":{"x":2}}""", false)]
    [InlineData("""{"spec":{"a":1}}""", """{"spec":{"a":1,"b":2}}""", true)]
    [InlineData("""{"data":{"a":"1"}}""", """{}""", true)]
    public void Labels_annotations_and_content_differ_metadata_and_status_do_not(string live, string wanted, bool differs) =>
        Assert.Equal(differs, LiveDiff.Differs((JsonObject)JsonNode.Parse(live)!, (JsonObject)JsonNode.Parse(wanted)!));

    [Theory]
    [InlineData("not base64!", false)]
    [InlineData("Cg==", false)]
    [InlineData("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t", true)]
    public void A_bundle_that_is_no_certificate_is_dropped(string bundle, bool stays)
    {
        var definition = (JsonObject)JsonNode.Parse("""{"spec":{"conversion":{"webhook":{"clientConfig":{}}}}}""")!;
        definition["spec"]!["conversion"]!["webhook"]!["clientConfig"]!["caBundle"] = bundle;
        LiveDiff.DropInvalidBundle(definition);
        Assert.Equal(stays, definition["spec"]!["conversion"]!["webhook"]!["clientConfig"]!.AsObject().ContainsKey("caBundle"));
    }
}

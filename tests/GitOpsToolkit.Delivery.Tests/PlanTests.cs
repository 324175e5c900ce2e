using System.Text.Json.Nodes;
using CsCheck;
using GitOpsToolkit.Kubernetes;
using Xunit;

namespace GitOpsToolkit.Delivery.Tests;

public sealed class PlanTests
{
    private static readonly Gen<DesiredObject> Objects = Gen.Select(
        Pick.From(
            ("v1", "Namespace"), ("apiextensions.k8s.io/v1", "CustomResourceDefinition"), ("rbac.authorization.k8s.io/v1", "ClusterRole"),
            ("storage.k8s.io/v1", "StorageClass"), ("v1", "ConfigMap"), ("apps/v1", "Deployment"), ("x.io/v1", "Widget"), ("x.io/v1", "Namespace"),
            ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration")),
        Gen.Char['a', 'c'], (type, name) => Desired(type.Item1, type.Item2, name.ToString()));

    private static DesiredObject Desired(string apiVersion, string kind, string name) => new(
        new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = new JsonObject { ["name"] = name } }, $"{name}.yaml:1");

    [Fact]
    public void Every_object_is_in_one_stage_and_the_order_of_the_input_does_not_matter() => Objects.List[0, 20].Sample(objects =>
    {
        var stages = ApplyPlan.Of(objects);
        Assert.Equal(objects.Count, stages.Sum(stage => stage.Objects.Count));
        Assert.All(stages, stage => Assert.NotEmpty(stage.Objects));
        var reversed = ApplyPlan.Of(objects.AsEnumerable().Reverse());
        Assert.Equal(
            stages.SelectMany(stage => stage.Objects).Select(desired => desired.Ref), reversed.SelectMany(stage => stage.Objects).Select(desired => desired.Ref));
    });

    [Fact]
    public void The_order_is_total() => Gen.Select(Objects, Objects, Objects).Sample((a, b, c) =>
    {
        var order = ApplyOrder.Instance;
        Assert.Equal(Math.Sign(order.Compare(a.Ref, b.Ref)), -Math.Sign(order.Compare(b.Ref, a.Ref)));
        if (order.Compare(a.Ref, b.Ref) <= 0 && order.Compare(b.Ref, c.Ref) <= 0)
        {
            Assert.True(order.Compare(a.Ref, c.Ref) <= 0);
        }
    });

    [Fact]
    public void Definitions_go_first_classes_next_named_kinds_then_and_the_rest_last()
    {
        var stages = ApplyPlan.Of(
            [
                Desired("apps/v1", "Deployment", "d"), Desired("x.io/v1", "Widget", "w"), Desired("storage.k8s.io/v1", "StorageClass", "s"),
                Desired("v1", "Namespace", "n"), Desired("x.io/v1", "Namespace", "other"),
            ],
            new HashSet<string> { "x.io/Widget" });
        Assert.Equal(
            ["Namespace/n", "StorageClass/s", "Widget/w", "Deployment/d Namespace/other"],
            stages.Select(stage => string.Join(' ', stage.Objects.OrderBy(desired => desired.Ref.Kind.Kind, StringComparer.Ordinal).Select(desired => desired.Ref.ToString()))));
        Assert.Equal([true, true, false, false], stages.Select(stage => stage.WaitUntilCurrent));
    }

    [Fact]
    public void A_hash_depends_on_content_and_not_on_the_order_of_fields()
    {
        static DesiredObject Of(string json) => new((JsonObject)JsonNode.Parse(json)!, "x");
        var one = Of("""{"kind":"A","data":{"x":1,"y":[1,2]}}""");
        Assert.Equal(one.Hash, Of("""{"data":{"y":[1,2],"x":1},"kind":"A"}""").Hash);
        Assert.NotEqual(one.Hash, Of("""{"data":{"y":[2,1],"x":1},"kind":"A"}""").Hash);
        Assert.NotEqual(one.Hash, Of("""{"data":{"y":[1,2],"x":"1"},"kind":"A"}""").Hash);
    }

    [Fact]
    public void Changes_and_faults_read_as_in_Flux()
    {
        var target = new ObjectRef(new GroupVersionKind("apps", "v1", "Deployment"), "shop", "web");
        var unchanged = new Change(target with { Name = "api" }, ApplyAction.Unchanged);
        var result = new DeliveryResult([new Change(target, ApplyAction.Configured), unchanged], [new ObjectFault(target, "a.yaml:3", "dry-run failed: no")]);
        Assert.Equal("Deployment/shop/web configured", result.Summary);
        Assert.Equal("a.yaml:3: Deployment/shop/web dry-run failed: no", result.Faults[0].ToString());
        Assert.Equal("Deployment/shop/web gone", new ObjectFault(target, null, "gone").ToString());
        Assert.False(result.IsSuccess);
    }
}

using System.Text.Json.Nodes;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

public sealed class DecodingTests
{
    private const string Prefix = "Deployment in version \"v1\" cannot be handled as a Deployment: ";

    [Theory]
    [InlineData("""{"spec":{"replicas":"3"}}""", "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"replicas":1.5}}""", "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"replicas":99999999999}}""", "json: cannot unmarshal number 99999999999 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"paused":"yes"}}""", "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.paused of type bool")]
    [InlineData("""{"spec":[]}""", "json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec")]
    [InlineData("""{"metadata":{"labels":{"a":1}}}""", "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string")]
    [InlineData("""{"metadata":{"labels":"a"}}""", "json: cannot unmarshal string into Go struct field ObjectMeta.metadata.labels of type map[string]string")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"image":1}]}}}}""", "json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.image of type string")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":{}}}}}""", "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"resources":{"limits":{"cpu":"lots"}}}]}}}}""", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    [InlineData("""{"metadata":{"creationTimestamp":"now"}}""", "parsing time \"now\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"now\" as \"2006\"")]
    public void WrongTypesAreRefused(string body, string message)
    {
        var kind = BuiltinKind.Find("apps", "v1", "Deployment")!;
        var refusal = Assert.Throws<StatusException>(() => kind.Decode(Cases.Obj(body)));
        Assert.Equal((400, "BadRequest", Prefix + message), (refusal.Code, refusal.Reason, refusal.Message));
    }

    [Theory]
    [InlineData("", "ConfigMap", """{"data":{"a":null},"metadata":{"labels":{},"annotations":null}}""", """{"data":{"a":""},"metadata":{}}""")]
    [InlineData("", "ConfigMap", """{"data":{}}""", "{}")]
    [InlineData("", "Pod", """{"spec":{"containers":[{"name":"c","resources":null,"args":[],"tty":false}]}}""", """{"spec":{"containers":[{"name":"c","resources":{}}]},"status":{}}""")]
    [InlineData("", "Service", """{"spec":{"ports":[{"port":80,"nodePort":0}]}}""", """{"spec":{"ports":[{"port":80}]},"status":{"loadBalancer":{}}}""")]
    [InlineData("apps", "ReplicaSet", """{"spec":{"replicas":0}}""", """{"spec":{"replicas":0,"template":{"metadata":{},"spec":{}}},"status":{"replicas":0}}""")]
    [InlineData("", "Secret", """{"data":{"a":"eA=="},"stringData":{}}""", """{"data":{"a":"eA=="}}""")]
    [InlineData("", "Pod", """{"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":0.1,"memory":"1024Mi"}}}]}}""", """{"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"100m","memory":"1Gi"}}}]},"status":{}}""")]
    public void ObjectsTakeTheStoredShape(string group, string kind, string body, string expected)
    {
        var obj = Cases.Obj(body);
        Assert.Empty(BuiltinKind.Find(group, "v1", kind)!.Decode(obj));
        // Templates carry metadata with a creationTimestamp of null in old servers; here it is left out.
        Cases.Same(Cases.Obj(expected), Without(obj, "metadata", expected));
        var again = obj.DeepClone().AsObject();
        BuiltinKind.Find(group, "v1", kind)!.Decode(again);
        Cases.Same(obj, again);
    }

    [Fact]
    public void UnknownFieldsAreHandledByMode()
    {
        var kind = BuiltinKind.Find("apps", "v1", "Deployment")!;
        Assert.Empty(kind.Enforce(FieldValidation.Ignore, ["spec.foo"], ["spec.bar"]));
        Assert.Empty(kind.Enforce(FieldValidation.Strict, [], []));
        Assert.Equal(["duplicate field \"spec.bar\"", "unknown field \"spec.foo\""], kind.Enforce(FieldValidation.Warn, ["spec.foo"], ["spec.bar"]));
        var refusal = Assert.Throws<StatusException>(() => kind.Enforce(FieldValidation.Strict, ["spec.foo", "spec.baz"], []));
        Assert.Equal(Prefix + "strict decoding error: unknown field \"spec.foo\", unknown field \"spec.baz\"", refusal.Message);
    }

    [Fact]
    public void KindsAreFoundByGroupVersionAndKind()
    {
        Assert.Equal("v1", BuiltinKind.Find("", "v1", "Pod")!.ApiVersion);
        Assert.Equal("autoscaling/v2", BuiltinKind.Find("autoscaling", "v2", "HorizontalPodAutoscaler")!.ApiVersion);
        Assert.Null(BuiltinKind.Find("", "v2", "Pod"));
        Assert.Contains("regarding", BuiltinKind.Find("events.k8s.io", "v1", "Event")!.Type.Fields.Keys);
        Assert.Contains("involvedObject", BuiltinKind.Find("", "v1", "Event")!.Type.Fields.Keys);
    }

    private static JsonObject Without(JsonObject obj, string name, string expected)
    {
        if (!expected.Contains(name))
        {
            obj.Remove(name);
        }

        return obj;
    }
}

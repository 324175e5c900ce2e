using System.Text.Json.Nodes;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

public sealed class BuiltinKindTests
{
    [Fact]
    public void EveryKindHasAType() => Assert.All(BuiltinKind.All, kind => Assert.NotEmpty(kind.Type.Fields));

    [Fact]
    public void DeploymentIsDecodedAndDefaulted()
    {
        var kind = BuiltinKind.Find("apps", "v1", "Deployment")!;
        var obj = (JsonObject)StrictJson.Parse("""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","labels":{}},
             "spec":{"selector":{"matchLabels":{"app":"web"}},"foo":1,
                     "template":{"metadata":{"labels":{"app":"web"}},
                                 "spec":{"containers":[{"name":"c","image":"r/web:v1","bar":2,"resources":{"limits":{"cpu":"0.5"}},
                                                        "ports":[{"containerPort":80}]}]}}}}
            """)!;
        Assert.Equal(["spec.foo", "spec.template.spec.containers[0].bar"], kind.Decode(obj));
        kind.Default(obj);
        Assert.Empty(kind.Validate(obj, null));
        var expected = (JsonObject)StrictJson.Parse("""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},
             "spec":{"selector":{"matchLabels":{"app":"web"}},"replicas":1,"revisionHistoryLimit":10,"progressDeadlineSeconds":600,
                     "strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"}},
                     "template":{"metadata":{"labels":{"app":"web"}},
                                 "spec":{"restartPolicy":"Always","dnsPolicy":"ClusterFirst","terminationGracePeriodSeconds":30,
                                         "schedulerName":"default-scheduler","securityContext":{},
                                         "containers":[{"name":"c","image":"r/web:v1","resources":{"limits":{"cpu":"500m"}},
                                                        "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File",
                                                        "imagePullPolicy":"IfNotPresent","ports":[{"containerPort":80,"protocol":"TCP"}]}]}}},
             "status":{}}
            """)!;
        Assert.True(JsonNode.DeepEquals(expected, obj), obj.ToJsonString());
    }
}

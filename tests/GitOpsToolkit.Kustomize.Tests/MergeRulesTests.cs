using GitOpsToolkit.Kustomize.Patches;
using Xunit;

namespace GitOpsToolkit.Kustomize.Tests;

/// <summary>The generated facts, by kinds whose rules are known from kustomize's answers and Kubernetes' API.</summary>
public sealed class MergeRulesTests
{
    [Theory]
    [InlineData("v1", "Pod", "spec.containers", "name")]
    [InlineData("v1", "Pod", "spec.containers.ports", "containerPort,protocol")]
    [InlineData("v1", "Pod", "spec.schedulingGates", "name")]
    [InlineData("v1", "Pod", "metadata.finalizers", "")]
    [InlineData("v1", "Pod", "metadata.ownerReferences", "uid")]
    [InlineData("v1", "Service", "spec.ports", "port,protocol")]
    [InlineData("apps/v1", "Deployment", "spec.template.spec.topologySpreadConstraints", "topologyKey,whenUnsatisfiable")]
    [InlineData("apps/v1", "StatefulSet", "spec.template.spec.ephemeralContainers.env", "name")]
    [InlineData("batch/v1", "CronJob", "spec.jobTemplate.spec.template.spec.initContainers.volumeMounts", "mountPath")]
    [InlineData("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "webhooks", "name")]
    [InlineData("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "spec.variables", "name")]
    [InlineData("resource.k8s.io/v1", "ResourceClaim", "status.reservedFor", "uid")]
    public void A_list_of_a_built_in_kind_is_merged_by_its_keys(string apiVersion, string kind, string path, string keys) =>
        Assert.Equal(keys, Find(apiVersion, kind, path) is { } list ? string.Join(',', list.Keys) : null);

    [Theory]
    [InlineData("apps/v1", "Deployment", "spec.template.spec.tolerations")]
    [InlineData("apps/v1", "Deployment", "spec.template.spec.containers.args")]
    [InlineData("apps/v1", "StatefulSet", "spec.volumeClaimTemplates")]
    [InlineData("networking.k8s.io/v1", "Ingress", "spec.rules")]
    [InlineData("rbac.authorization.k8s.io/v1", "ClusterRole", "rules")]
    public void Other_lists_are_replaced(string apiVersion, string kind, string path) => Assert.Null(Find(apiVersion, kind, path));

    [Theory]
    [InlineData("example.com/v1", "Deployment")]
    [InlineData("apps/v1", "Gadget")]
    [InlineData("apps/v1beta1", "Deployment")]
    [InlineData("", "")]
    public void A_kind_that_is_not_built_in_has_no_rules(string apiVersion, string kind) => Assert.Null(MergeRules.BuiltIn.For(apiVersion, kind));

    private static MergeList? Find(string apiVersion, string kind, string path)
    {
        var type = MergeRules.BuiltIn.For(apiVersion, kind);
        MergeList? list = null;
        foreach (var step in path.Split('.'))
        {
            list = type?.List(step);
            type = list is not null ? list.Element : type?.Field(step);
        }

        return list;
    }
}

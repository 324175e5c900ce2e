using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>What config/ installs, by the names and labels that the flux CLI and the other controllers rely on.</summary>
public sealed class InstallTests
{
    private static readonly string Version = "v" + typeof(GitRepository).Assembly.GetName().Version!.ToString(3);

    [Theory]
    [InlineData("source-controller", "source", 30, true, true)]
    [InlineData("kustomize-controller", "kustomize", 60, false, false)]
    [InlineData("image-reflector-controller", "image-reflector", 30, true, true)]
    [InlineData("image-automation-controller", "image-automation", 30, true, false)]
    public void A_controller_is_one_locked_down_deployment(string name, string controllers, int grace, bool stores, bool alone)
    {
        var deployment = Assert.Single(ConfigFiles.In("manager"), o => o.Kind() == "Deployment" && o.Name() == name);
        var pod = deployment["spec"]!["template"]!["spec"]!;
        var container = Assert.Single(pod["containers"]!.AsArray())!;
        var args = container["args"].Strings().ToList();

        Assert.Equal(name, deployment.Label(WellKnown.ComponentLabel));
        Assert.Equal("manager", (string)container["name"]!);
        Assert.Equal(name, (string)pod["serviceAccountName"]!);
        Assert.Equal(grace, (int)pod["terminationGracePeriodSeconds"]!);
        Assert.Equal($"--controllers={controllers}", args[0]);
        Assert.Contains("--enable-leader-election=true", args);
        Assert.Contains("--log-encoding=json", args);
        Assert.Equal(stores, args.Contains("--storage-path=/data"));
        Assert.Equal(stores ? ["data", "tmp"] : ["tmp"], pod["volumes"]!.AsArray().Select(v => (string)v!["name"]!));
        Assert.Equal(alone ? "Recreate" : null, (string?)deployment["spec"]!["strategy"]?["type"]);
        Assert.Equal("""{"name":"RUNTIME_NAMESPACE","valueFrom":{"fieldRef":{"fieldPath":"metadata.namespace"}}}""", container["env"]![0]!.ToJsonString());
        Assert.Equal("""{"httpGet":{"path":"/healthz","port":"healthz"}}""", container["livenessProbe"]!.ToJsonString());
        Assert.Equal("""{"httpGet":{"path":"/readyz","port":"healthz"}}""", container["readinessProbe"]!.ToJsonString());
        Assert.Equal(
            """{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]},"readOnlyRootFilesystem":true,"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}}""",
            container["securityContext"]!.ToJsonString());
        Assert.NotNull(container["resources"]!["limits"]!["memory"]);
        Assert.NotNull(container["resources"]!["requests"]!["cpu"]);
        Assert.Contains("http-prom=8080", Ports(container));
        Assert.Contains("healthz=9440", Ports(container));
    }

    [Fact]
    public void Artifacts_are_served_at_the_name_that_artifact_addresses_carry()
    {
        var manager = ConfigFiles.In("manager");
        var service = Assert.Single(manager, o => o.Kind() == "Service");
        var container = manager.Single(o => o.Kind() == "Deployment" && o.Name() == "source-controller")["spec"]!["template"]!["spec"]!["containers"]![0]!;

        Assert.Equal("source-controller", service.Name());
        Assert.Equal("""[{"name":"http","port":80,"protocol":"TCP","targetPort":"http"}]""", service["spec"]!["ports"]!.ToJsonString());
        Assert.Equal("""{"app":"source-controller"}""", service["spec"]!["selector"]!.ToJsonString());
        Assert.Contains("http=9090", Ports(container));
        Assert.Contains("--storage-adv-addr=source-controller.$(RUNTIME_NAMESPACE).svc.cluster.local.", container["args"].Strings());
    }

    [Fact]
    public void The_versions_are_those_of_the_product()
    {
        Assert.Equal(Version, (string)ConfigFiles.Kustomization("manager")["images"]![0]!["newTag"]!);
        Assert.Equal(Version, (string)ConfigFiles.Kustomization("default")["labels"]![0]!["pairs"]![WellKnown.VersionLabel]!);
        Assert.All(ConfigFiles.In("crd"), crd => Assert.Equal(Version, crd.Label(WellKnown.VersionLabel)));
    }

    [Theory]
    [InlineData("crd")]
    [InlineData("rbac")]
    [InlineData("manager")]
    [InlineData("policies")]
    [InlineData("samples")]
    public void A_kustomization_lists_every_file_of_its_folder(string folder)
    {
        var root = Path.Combine(SourceTree.Root, "config", folder);
        var files = Directory.GetFiles(root, "*.yaml", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(root, f)).Where(f => f != "kustomization.yaml");

        Assert.Equal(files.Order(StringComparer.Ordinal), ConfigFiles.Kustomization(folder)["resources"].Strings().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_network_policies_have_fluxs_names() =>
        Assert.Equal(["allow-egress", "allow-scraping", "allow-webhooks"], ConfigFiles.In("policies").Where(o => o.Kind() == "NetworkPolicy").Select(o => o.Name()));

    [Fact]
    public void There_is_one_readable_sample_a_kind()
    {
        var samples = ConfigFiles.In("samples");

        Assert.Equal(7, samples.Count);
        Readable<GitRepository>(samples);
        Readable<OCIRepository>(samples);
        Readable<ExternalArtifact>(samples);
        Readable<Kustomization>(samples);
        Readable<ImageRepository>(samples);
        Readable<ImagePolicy>(samples);
        Readable<ImageUpdateAutomation>(samples);
    }

    [Fact]
    public void Kubectl_builds_the_installation()
    {
        Assert.SkipWhen(KubectlProgram.Missing(22) is not null, KubectlProgram.Missing(22) ?? "");
        var built = ConfigFiles.Build("default")!;

        Assert.All(built, o => Assert.Equal(WellKnown.PartOfValue, o.Label(WellKnown.PartOfLabel)));
        Assert.All(built, o => Assert.Equal("flux-system", o.Label(WellKnown.InstanceLabel)));
        Assert.All(built, o => Assert.Equal(Version, o.Label(WellKnown.VersionLabel)));
        Assert.All(
            built.Where(o => o.Kind() is "Deployment" or "Service" or "ServiceAccount" or "Role" or "RoleBinding" or "NetworkPolicy"),
            o => Assert.Equal("flux-system", (string?)o["metadata"]!["namespace"]));
        Assert.Equal(7, built.Count(o => o.Kind() == "CustomResourceDefinition"));
        Assert.Equal(4, built.Count(o => o.Kind() == "Deployment"));
        Assert.All(built.Where(o => o.Kind() == "Deployment"), o =>
        {
            var template = o["spec"]!["template"]!;
            Assert.Equal($"gitops-toolkit:{Version}", (string)template["spec"]!["containers"]![0]!["image"]!);
            Assert.Equal(WellKnown.PartOfValue, (string)template["metadata"]!["labels"]![WellKnown.PartOfLabel]!);
            Assert.Equal($$"""{"app":"{{o.Name()}}"}""", o["spec"]!["selector"]!["matchLabels"]!.ToJsonString());
        });
    }

    [Fact]
    public void Kubectl_builds_the_samples()
    {
        var built = ConfigFiles.Build("samples");
        Assert.SkipWhen(built is null, "kubectl is not installed: config/samples was not built");

        Assert.Equal(7, built.Count);
    }

    private static IEnumerable<string> Ports(JsonNode container) => container["ports"]!.AsArray().Select(p => $"{p!["name"]}={p["containerPort"]}");

    private static void Readable<T>(IReadOnlyList<JsonObject> samples)
        where T : ToolkitObject, IToolkitKind
    {
        var sample = Assert.Single(samples, s => s.Kind() == T.ResourceKind.Kind);
        var result = ToolkitReader.Read<T>(JsonSerializer.SerializeToElement((JsonNode)sample));

        Assert.True(result.IsValid, result.Problem);
        Assert.Null(result.Value.Unknown);
        Assert.StartsWith("devops-solutions-map", result.Value.Metadata.Name, StringComparison.Ordinal);
    }
}

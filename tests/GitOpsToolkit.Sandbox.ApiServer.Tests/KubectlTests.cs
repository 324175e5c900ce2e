using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

public sealed class KubectlTests(KubectlTests.Fixture fixture) : IClassFixture<KubectlTests.Fixture>, IAsyncLifetime
{
    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          labels: {app: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - {name: web, image: "nginx:1"}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports: [{port: 80}]
        """;

    private const string Widgets = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {plural: widgets, kind: Widget, shortNames: [wd]}
          versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}}
            additionalPrinterColumns:
            - {name: Size, type: integer, jsonPath: .spec.size}
            - {name: Colour, type: string, jsonPath: .spec.colour, priority: 1}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    description: What is wanted.
                    properties:
                      size: {type: integer, description: How big it is.}
                      colour: {type: string, default: red}
                  status: {type: object, x-kubernetes-preserve-unknown-fields: true}
        """;

    private TestServer server = null!;
    private Kubectl kubectl = null!;
    private string space = "";

    public async ValueTask InitializeAsync()
    {
        server = fixture.Server;
        space = $"t{Interlocked.Increment(ref fixture.Count)}";
        kubectl = await Kubectl.ForAsync(server, space, fixture.Home.Path);
    }

    public ValueTask DisposeAsync()
    {
        kubectl?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Apply_on_the_client_side()
    {
        var file = kubectl.Write("web.yaml", Web);
        Assert.Equal("deployment.apps/web created\nservice/web created\n", await kubectl.RunAsync(["apply", "-f", file]));
        Assert.Equal("deployment.apps/web unchanged\nservice/web unchanged\n", await kubectl.RunAsync(["apply", "-f", file]));
        kubectl.Write("web.yaml", Web.Replace("nginx:1", "nginx:2"));
        Assert.Contains("image: nginx:2", await kubectl.RunAsync(["diff", "-f", file], exit: 1), StringComparison.Ordinal);
        Assert.Equal("deployment.apps/web configured\nservice/web unchanged\n", await kubectl.RunAsync(["apply", "-f", file]));
        Assert.Equal("nginx:2", await kubectl.RunAsync("get deploy web -o jsonpath={.spec.template.spec.containers[0].image}"));
        Assert.Equal("deployment.apps \"web\" deleted\nservice \"web\" deleted\n", Plain(await kubectl.RunAsync(["delete", "-f", file])));
    }

    [Fact]
    public async Task Apply_on_the_server_side_with_a_conflict()
    {
        var file = kubectl.Write("web.yaml", Web);
        await kubectl.RunAsync(["apply", "--server-side", "-f", file]);
        var version = await kubectl.RunAsync("get deploy web -o jsonpath={.metadata.resourceVersion}");
        await kubectl.RunAsync(["apply", "--server-side", "-f", file]);
        Assert.Equal(version, await kubectl.RunAsync("get deploy web -o jsonpath={.metadata.resourceVersion}"));
        kubectl.Write("web.yaml", Web.Replace("replicas: 2", "replicas: 3"));
        await kubectl.RunAsync(["apply", "--server-side", "--field-manager=other", "-f", file], exit: 1);
        await kubectl.RunAsync(["apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", file]);
        Assert.Equal("3", await kubectl.RunAsync("get deploy web -o jsonpath={.spec.replicas}"));
    }

    [Fact]
    public async Task Get_in_every_form()
    {
        await kubectl.RunAsync(["apply", "-f", kubectl.Write("web.yaml", Web)]);
        Assert.Matches(@"^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0/2 ", await kubectl.RunAsync("get deploy"));
        Assert.Matches(@"CONTAINERS +IMAGES +SELECTOR\nweb .* web +nginx:1 +app=web", await kubectl.RunAsync("get deploy -o wide"));
        Assert.Contains("kind: Deployment", await kubectl.RunAsync("get deploy web -o yaml"), StringComparison.Ordinal);
        var list = JsonNode.Parse(await kubectl.RunAsync("get deploy,svc -o json"))!;
        Assert.Equal("List", list["kind"]!.GetValue<string>());
        Assert.Equal("Deployment", list["items"]![0]!["kind"]!.GetValue<string>());
        Assert.Equal("deployment.apps/web\n", await kubectl.RunAsync("get deploy -o name"));
        Assert.Contains("service/kubernetes", await kubectl.RunAsync("get all -A"), StringComparison.Ordinal);
        Assert.Contains("Replicas:               2 desired", await kubectl.RunAsync("describe deploy web"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_and_watch()
    {
        using var watch = kubectl.Start(["get", "configmaps", "-w", "--field-selector=metadata.name=seen"]);
        await Eventually.TrueAsync(() => Task.FromResult(server.Server.Requests.Any(r => r.Verb == "watch")), "kubectl watches");
        await kubectl.RunAsync("create configmap seen --from-literal=a=b");
        var ct = TestContext.Current.CancellationToken;
        Assert.Matches("^NAME +DATA +AGE", await watch.StandardOutput.ReadLineAsync(ct));
        Assert.Matches("^seen +1 ", await watch.StandardOutput.ReadLineAsync(ct));
        watch.Kill();
    }

    [Fact]
    public async Task Edit_patch_label_annotate_scale_set()
    {
        await kubectl.RunAsync(["apply", "-f", kubectl.Write("web.yaml", Web)]);
        await kubectl.RunAsync(["edit", "deploy", "web"], editor: "sed -i s/nginx:1/nginx:edited/");
        Assert.Equal("nginx:edited", await ImageAsync());
        await kubectl.RunAsync(["patch", "deploy", "web", "-p", """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"strategic"}]}}}}"""]);
        Assert.Equal("strategic", await ImageAsync());
        await kubectl.RunAsync(["patch", "deploy", "web", "--type=json", "-p", """[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"json"}]"""]);
        Assert.Equal("json", await ImageAsync());
        await kubectl.RunAsync(["patch", "deploy", "web", "--type=merge", "-p", """{"spec":{"paused":true}}"""]);
        await kubectl.RunAsync("set image deploy/web web=set");
        Assert.Equal("set", await ImageAsync());
        await kubectl.RunAsync("scale deploy web --replicas=7");
        await kubectl.RunAsync("label deploy web tier=front");
        await kubectl.RunAsync("annotate deploy web note=x");
        var tree = JsonNode.Parse(await kubectl.RunAsync("get deploy web -o json"))!;
        Assert.Equal((7, "front", "x"), (tree["spec"]!["replicas"]!.GetValue<int>(), tree["metadata"]!["labels"]!["tier"]!.GetValue<string>(),
            tree["metadata"]!["annotations"]!["note"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("create namespace made", "get ns made -o jsonpath={.status.phase}", "Active")]
    [InlineData("create configmap made --from-literal=a=b", "get cm made -o jsonpath={.data.a}", "b")]
    [InlineData("create secret generic made --from-literal=a=b", "get secret made -o jsonpath={.data.a}", "Yg==")]
    [InlineData("create deployment made --image=nginx --replicas=3", "get deploy made -o jsonpath={.spec.replicas}", "3")]
    [InlineData("create serviceaccount made", "get sa made -o jsonpath={.metadata.name}", "made")]
    [InlineData("create job made --image=x", "get job made -o jsonpath={.spec.template.spec.restartPolicy}", "Never")]
    [InlineData("create service clusterip made --tcp=80:8080", "get svc made -o jsonpath={.spec.ports[0].targetPort}", "8080")]
    [InlineData("create role made --verb=get --resource=pods", "get role made -o jsonpath={.rules[0].verbs[0]}", "get")]
    [InlineData("create clusterrolebinding made --clusterrole=x --user=jane", "get clusterrolebinding made -o jsonpath={.subjects[0].name}", "jane")]
    [InlineData("create ingress made --rule=a.example.com/*=svc:80", "get ing made -o jsonpath={.spec.rules[0].host}", "a.example.com")]
    [InlineData("create quota made --hard=pods=2", "get quota made -o jsonpath={.spec.hard.pods}", "2")]
    [InlineData("create cronjob made --image=x --schedule=@daily", "get cj made -o jsonpath={.spec.schedule}", "@daily")]
    [InlineData("run made --image=x --restart=Never", "get pod made -o jsonpath={.spec.restartPolicy}", "Never")]
    public async Task Create_in_every_encoding(string create, string read, string expected)
    {
        Assert.SkipWhen(KubectlProgram.Missing(27) is not null, KubectlProgram.Missing(27) ?? "");
        await kubectl.RunAsync(create);
        Assert.Equal(expected, await kubectl.RunAsync(read));
    }

    [Fact]
    public async Task Custom_resources()
    {
        Assert.SkipWhen(KubectlProgram.Missing(27) is not null, KubectlProgram.Missing(27) ?? "");
        await kubectl.RunAsync(["apply", "-f", kubectl.Write("crd.yaml", Widgets)]);
        await kubectl.RunAsync("wait --for=condition=Established crd/widgets.example.com --timeout=2m");
        var file = kubectl.Write("widget.yaml", "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: {size: 3}\n");
        Assert.Equal("widget.example.com/a created\n", await kubectl.RunAsync(["apply", "-f", file]));
        Assert.Equal("widget.example.com/a unchanged\n", await kubectl.RunAsync(["apply", "-f", file]));
        Assert.Matches(@"^NAME +SIZE\na +3 *\n$", await kubectl.RunAsync("get wd"));
        Assert.Matches(@"SIZE +COLOUR\na +3 +red", await kubectl.RunAsync("get wd -o wide"));
        Assert.Contains("How big it is.", await kubectl.RunAsync("explain widgets.spec.size"), StringComparison.Ordinal);
        Assert.Contains("widgets", await kubectl.RunAsync("api-resources --api-group=example.com"), StringComparison.Ordinal);
        await kubectl.RunAsync("delete crd widgets.example.com --timeout=2m");
        await kubectl.RunAsync("get wd", exit: 1);
    }

    [Fact]
    public async Task Wait_rollout_status_and_delete()
    {
        await kubectl.RunAsync(["apply", "-f", kubectl.Write("web.yaml", Web)]);
        var status = """{"status":{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2,"conditions":[{"type":"Available","status":"True"}]}}""";
        Assert.Equal(200, (await server.MergeAsync($"/apis/apps/v1/namespaces/{space}/deployments/web/status", status)).Number);
        Assert.Contains("successfully rolled out", await kubectl.RunAsync("rollout status deploy/web --timeout=2m"), StringComparison.Ordinal);
        Assert.Contains("condition met", await kubectl.RunAsync("wait --for=condition=Available deploy/web --timeout=2m"), StringComparison.Ordinal);
        await kubectl.RunAsync("create namespace going");
        await kubectl.RunAsync("delete namespace going --timeout=2m");
        await kubectl.RunAsync("get namespace going", exit: 1);
        await kubectl.RunAsync("delete deploy web --cascade=foreground --timeout=2m");
        await kubectl.RunAsync("get deploy web", exit: 1);
    }

    [Fact]
    public async Task Answers_about_the_server()
    {
        Assert.SkipWhen(KubectlProgram.Missing(27) is not null, KubectlProgram.Missing(27) ?? "");
        Assert.Contains("sandbox", await kubectl.RunAsync("version"), StringComparison.Ordinal);
        Assert.Equal("ok", await kubectl.RunAsync("get --raw /readyz"));
        Assert.Equal("yes\n", await kubectl.RunAsync("auth can-i create pods"));
        Assert.Contains("kubernetes-admin", await kubectl.RunAsync("auth whoami"), StringComparison.Ordinal);
        Assert.StartsWith("eyJ", await kubectl.RunAsync("create token default"), StringComparison.Ordinal);
        Assert.Contains("apps/v1", await kubectl.RunAsync("api-versions"), StringComparison.Ordinal);
        Assert.Contains("replicas\t<integer>", await kubectl.RunAsync("explain deployment.spec"), StringComparison.Ordinal);
        await kubectl.RunAsync("get deploy nothing", exit: 1);
    }

    private Task<string> ImageAsync() => kubectl.RunAsync("get deploy web -o jsonpath={.spec.template.spec.containers[0].image}");

    /// <summary>One server, one home and so one discovery cache for all tests; each test has its own namespace.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal int Count;

        internal TempDirectory Home { get; } = new();

        internal TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync();

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            Home.Dispose();
        }
    }

    /// <summary>Newer clients add the namespace to what they say about a deletion.</summary>
    private static string Plain(string text) => string.Join('\n', text.Split('\n').Select(line => line.Split(" from ")[0]));
}

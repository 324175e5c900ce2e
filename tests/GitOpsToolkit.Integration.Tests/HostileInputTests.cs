using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>Input made to hurt costs the object that brings it, and nobody else: the process lives on and serves the others.</summary>
[Collection(Machine.Collection)]
public sealed class HostileInputTests
{
    private const int Levels = 10_000;
    private static readonly string[] Faulty =
        ["flow", "block", "maps", "json", "kustomization", "patch-file", "patch-inline", "bomb", "self", "escape", "remote"];

    [Fact]
    public async Task Manifests_without_end_hurt_nobody_else()
    {
        using var state = new TempDirectory();
        using var log = new MemoryStream();
        var cancel = TestContext.Current.CancellationToken;
        await using (var sandbox = await SandboxEnvironment.StartAsync(TestCluster.Options(state) with { Log = log }, cancel))
        {
            await sandbox.MakeNamespaceAsync(cancel);
            using var http = new HttpClient();
            await new ImagePusher(http, sandbox.Registry.Url).PushAsync("app", "2.0.0", cancellation: cancel);
            await sandbox.GitServer.CreateRepositoryAsync("hostile", cancel: cancel);
            using var copy = await GitWorkingCopy.InitAsync(sandbox.GitServer.CloneUrl("hostile"));
            await copy.PushCommitAsync("Escape \u001b[2J the terminal", [.. Files(sandbox.RegistryHost)]);
            await sandbox.MakeAsync(Objects(sandbox), cancel);

            foreach (var name in Faulty)
            {
                await sandbox.UntilAsync("Kustomization", name, "False BuildFailed", cancel);
            }

            await sandbox.UntilAsync("Kustomization", "spec-patch", "False BuildFailed", cancel);
            await sandbox.UntilAsync("Kustomization", "good", "True", cancel);
            await sandbox.UntilAsync("ImageUpdateAutomation", "all", "True", cancel);
            await Eventually.TrueAsync(
                async () => (await sandbox.Client.GetAsync(Playing.Kinds["ConfigMap"] with { Name = "good" }, cancel))?["data"]?["image"]?.ToString()
                    == $"{sandbox.RegistryHost}/app:2.0.0",
                "the marker in the good file is followed");
            Assert.False(sandbox.Stopped(cancel).IsCompleted);
        }

        Assert.DoesNotContain("\u001b", Encoding.UTF8.GetString(log.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_that_nobody_sane_would_write_hurt_nobody_else()
    {
        using var state = new TempDirectory();
        var cancel = TestContext.Current.CancellationToken;
        await using var sandbox = await SandboxEnvironment.StartAsync(TestCluster.Options(state), cancel);
        await sandbox.MakeNamespaceAsync(cancel);
        await sandbox.GitServer.CreateRepositoryAsync("good", cancel: cancel);
        using var copy = await GitWorkingCopy.InitAsync(sandbox.GitServer.CloneUrl("good"));
        await copy.PushCommitAsync("Add a file", ("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good, namespace: apps}\n"));
        await sandbox.MakeAsync(FiveKinds("poisoned", sandbox), cancel);

        // Deeper than a server reads: refused. Less deep: the unknown field is dropped, and the object is one like any other.
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(sandbox, "deep", $"\"deep\": {Nested(Levels)}", cancel));
        Assert.Equal(HttpStatusCode.Created, await PostAsync(sandbox, "less-deep", $"\"deep\": {Nested(90)}", cancel));
        await sandbox.UntilAsync("GitRepository", "less-deep", "True", cancel);

        foreach (var token in (string[])["\u0000\u0007\u001b[31m\r\n\u2028\uFFFF", new string('x', 200_000), "1", " ", "{{ .Values }}"])
        {
            foreach (var kind in Playing.ToolkitKinds)
            {
                await RequestAsync(sandbox, Playing.Kinds[kind] with { Name = "poisoned" }, token, cancel);
            }
        }

        // A real server refuses more than 256 KiB of annotations; where one does not, it is a token like any other.
        try
        {
            await RequestAsync(sandbox, Playing.Kinds["GitRepository"] with { Name = "poisoned" }, new string('y', 1_000_000), cancel);
        }
        catch (ApiException refused)
        {
            Assert.True(refused.IsInvalid || refused.Code == HttpStatusCode.RequestEntityTooLarge, refused.Message);
        }

        await LoneSurrogateAsync(sandbox, cancel);
        await sandbox.MakeAsync(FiveKinds("later", sandbox), cancel);
        await sandbox.UntilAsync("GitRepository", "later", "True", cancel);
        await sandbox.UntilAsync("Kustomization", "later", "True", cancel);
        await sandbox.UntilAsync("ImageUpdateAutomation", "later", "True", cancel);
        Assert.False(sandbox.Stopped(cancel).IsCompleted);
    }

    [Fact]
    public async Task Objects_that_no_schema_stopped_hurt_nobody_else_also_after_a_restart()
    {
        using var state = new TempDirectory();
        var cancel = TestContext.Current.CancellationToken;
        var options = TestCluster.Options(state);
        await using (var first = await SandboxEnvironment.StartAsync(options with { Controllers = [] }, cancel))
        {
            await first.MakeNamespaceAsync(cancel);
            await first.GitServer.CreateRepositoryAsync("good", cancel: cancel);
            using var copy = await GitWorkingCopy.InitAsync(first.GitServer.CloneUrl("good"));
            await copy.PushCommitAsync("Add a file", ("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good, namespace: apps}\n"));
            foreach (var kind in Playing.ToolkitKinds)
            {
                await DropSchemaAsync(first, kind, cancel);
                var number = 0;
                foreach (var body in Garbage)
                {
                    await first.MakeAsync($"{{kind: {kind}, metadata: {{name: garbage-{number++}}}, {body}}}", cancel);
                }
            }

            await first.MakeAsync(FiveKinds("later", first), cancel);
        }

        for (var start = 0; start < 2; start++)
        {
            await using var sandbox = await SandboxEnvironment.StartAsync(options, cancel);
            await sandbox.UntilAsync("Kustomization", "later", "True", cancel);
            await sandbox.UntilAsync("ImageUpdateAutomation", "later", "True", cancel);
            // Their own status cannot be demanded: the server, whose definitions are strict again by now, may refuse every write to them.
            await RequestAsync(sandbox, Playing.Kinds["ImagePolicy"] with { Name = "later" }, $"start {start}", cancel);
            Assert.False(sandbox.Stopped(cancel).IsCompleted);
        }
    }

    private static readonly string[] Garbage =
    [
        "spec: 5", "spec: {}", "spec: null", "spec: [1]", "spec: {sourceRef: 7, imageRepositoryRef: [], url: {}, interval: {}, image: 1}",
        "spec: {sourceRef: {}, imageRepositoryRef: {}, dependsOn: [null, 3, {}], secretRef: 'x', git: 'y', policy: 1, ref: 5}",
        "spec: {interval: 99999999999999999999h, timeout: -1s, url: 'http://[', image: '::::', path: '../..', sourceRef: {kind: Nothing, name: ''}}",
        "spec: {}, status: 5", "spec: {}, status: {conditions: {}, inventory: {entries: [5, {id: x}]}, artifact: 7, observedGeneration: 'x'}",
        "spec: {sourceRef: {kind: GitRepository, name: later}, interval: 1m, prune: true, path: ./}, "
        + "status: {inventory: {entries: [{id: '____', v: ''}, {id: '', v: v1}, {id: '../x_y_z_W', v: '../'}]}, artifact: {digest: '../../x', url: 'file:///etc/passwd'}}",
    ];

    /// <summary>An older definition, or one that somebody loosened, lets anything in.</summary>
    private static async Task DropSchemaAsync(SandboxEnvironment sandbox, string kind, CancellationToken cancel)
    {
        var (group, plural) = (Playing.Kinds[kind].Group, Playing.Kinds[kind].Plural);
        var path = new ResourcePath("apiextensions.k8s.io", "v1", "customresourcedefinitions", Name: $"{plural}.{group}");
        var definition = (await sandbox.Client.GetAsync(path, cancel))!;
        foreach (var version in definition["spec"]!["versions"]!.AsArray())
        {
            version!["schema"] = JsonNode.Parse("""{"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}""");
            version.AsObject().Remove("subresources");
        }

        await sandbox.Client.UpdateAsync(path, definition, null, cancel);
        // A real server serves the new definition a moment later.
        var collection = Playing.Kinds[kind];
        var probe = new JsonObject
        {
            ["apiVersion"] = $"{collection.Group}/{collection.Version}",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = "probe", ["namespace"] = Playing.Space },
            ["spec"] = 5,
        };
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return await sandbox.Client.CreateAsync(collection, probe, new WriteOptions { DryRun = true }, cancel) is not null;
                }
                catch (ApiException error) when (error.IsInvalid)
                {
                    return false;
                }
            },
            $"{kind} has no schema any more");
    }

    private static async Task RequestAsync(SandboxEnvironment sandbox, ResourcePath path, string token, CancellationToken cancel)
    {
        var annotations = new JsonObject { ["reconcile.fluxcd.io/requestedAt"] = token };
        await sandbox.Client.MergePatchAsync(path, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } }, null, cancel);
        await Eventually.TrueAsync(
            async () => (string?)(await sandbox.Client.GetAsync(path, cancel))!["status"]?["lastHandledReconcileAt"] == token,
            $"{path} answers a request of {token.Length} characters");
    }

    /// <summary>Half a character is no text: refused, or made into one; never a reason to stop reading the others.</summary>
    private static async Task LoneSurrogateAsync(SandboxEnvironment sandbox, CancellationToken cancel)
    {
        const string Body = """{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"\ud800"}}}""";
        using var answer = await SendRawAsync(sandbox, HttpMethod.Patch, "/poisoned", "application/merge-patch+json", Body, cancel);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync(cancel));
    }

    /// <summary>Sends bodies that no client of ours would make.</summary>
    private static async Task<HttpResponseMessage> SendRawAsync(
        SandboxEnvironment sandbox, HttpMethod method, string name, string contentType, string body, CancellationToken cancel)
    {
        using var client = new k8s.Kubernetes(sandbox.Cluster.Administrator());
        using var request = new HttpRequestMessage(method, new Uri(client.BaseUri, $"apis/source.toolkit.fluxcd.io/v1/namespaces/apps/gitrepositories{name}"));
        request.Content = new StringContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        await client.Credentials.ProcessHttpRequestAsync(request, cancel);
        return await client.HttpClient.SendAsync(request, cancel);
    }

    private static async Task<HttpStatusCode> PostAsync(SandboxEnvironment sandbox, string name, string field, CancellationToken cancel)
    {
        var body = "{\"apiVersion\": \"source.toolkit.fluxcd.io/v1\", \"kind\": \"GitRepository\", \"metadata\": {\"name\": \"" + name + "\"}, "
            + "\"spec\": {\"url\": \"" + sandbox.GitServer.CloneUrl("good") + "\", \"interval\": \"1m\", \"ref\": {\"branch\": \"main\"}, " + field + "}}";
        using var answer = await SendRawAsync(sandbox, HttpMethod.Post, "", "application/json", body, cancel);
        return answer.StatusCode;
    }

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);

    private static string Maps(int levels) => string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels);

    private static IEnumerable<(string, string?)> Files(string registry)
    {
        const string Head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hostile\n  namespace: apps\n";
        yield return ("flow/a.yaml", $"{Head}data: {Nested(Levels)}\n");
        yield return ("block/a.yaml", $"{Head}data:\n  {string.Concat(Enumerable.Repeat("- ", Levels))}x\n");
        yield return ("maps/a.yaml", $"{Head}data: {Maps(Levels)}\n");
        yield return ("json/a.json", $$"""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {{Maps(Levels)}} }""");
        yield return ("json/kustomization.yaml", "resources: [a.json]\n");
        yield return ("kustomization/kustomization.yaml", $"resources: {Nested(Levels)}\n");
        yield return ("patch-file/a.yaml", $"{Head}data: {{a: b}}\n");
        yield return ("patch-file/deep.yaml", $"{Head}data: {Maps(Levels)}\n");
        yield return ("patch-file/kustomization.yaml", "resources: [a.yaml]\npatches: [{path: deep.yaml}]\n");
        yield return ("patch-inline/a.yaml", $"{Head}data: {{a: b}}\n");
        yield return ("patch-inline/kustomization.yaml", $"resources: [a.yaml]\npatches:\n- target: {{kind: ConfigMap}}\n  patch: '{Nested(Levels)}'\n");
        yield return ("bomb/a.yaml", Bomb(Head));
        yield return ("self/kustomization.yaml", "resources: [../self]\n");
        yield return ("escape/kustomization.yaml", "resources: [../../../../../../etc/passwd]\n");
        yield return ("remote/kustomization.yaml", "resources: ['https://169.254.169.254/latest/meta-data']\n");
        yield return ("spec-patch/a.yaml", $"{Head}data: {{a: b}}\n");
        yield return ("markers/deep.yaml", $"a: {Nested(Levels)} # {{\"$imagepolicy\": \"apps:all\"}}\n");
        yield return ("markers/blocks.yaml", $"a:\n  {string.Concat(Enumerable.Repeat("- ", Levels))}x # {{\"$imagepolicy\": \"apps:all\"}}\n");
        yield return ("markers/json.yaml", $"a: x # {{\"$imagepolicy\": {Nested(Levels)}}}\nb: x # {Maps(Levels)}\n");
        yield return ("markers/text.yaml", "a: x:1 # {\"$imagepolicy\": \"\\ud800\"}\nb: x:1 # {\"\\udc00\": \"apps:all\"}\n");
        yield return ("good/a.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: good\n  namespace: apps\ndata:\n"
            + $"  image: {registry}/app:1.0.0 # {{\"$imagepolicy\": \"apps:all\"}}\n");
    }

    private static string Bomb(string head)
    {
        var text = new StringBuilder(head).Append("data:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
        {
            text.Append($"  a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        return text.ToString();
    }

    private static string Objects(SandboxEnvironment sandbox) =>
        $"kind: GitRepository\nmetadata: {{name: all}}\nspec: {{url: '{sandbox.GitServer.CloneUrl("hostile")}', interval: 1s, ref: {{branch: main}}}}\n---\n"
        + string.Concat(Faulty.Append("good").Select(name => Kustomization(name, "suspend: false")))
        + Kustomization("spec-patch", $"patches: [{{target: {{kind: ConfigMap}}, patch: '{Nested(Levels)}'}}]")
        + Image("all", sandbox) + Automation("all");

    private static string FiveKinds(string name, SandboxEnvironment sandbox) =>
        $"kind: GitRepository\nmetadata: {{name: {name}}}\nspec: {{url: '{sandbox.GitServer.CloneUrl("good")}', interval: 1m, ref: {{branch: main}}}}\n---\n"
        + Kustomization(name, "suspend: false", name, "./") + Image(name, sandbox) + Automation(name);

    private static string Kustomization(string name, string rest, string source = "all", string? path = null) =>
        $"kind: Kustomization\nmetadata: {{name: {name}}}\nspec:\n  sourceRef: {{kind: GitRepository, name: {source}}}\n"
        + $"  path: {path ?? "./" + name}\n  interval: 1m\n  prune: true\n  {rest}\n---\n";

    private static string Image(string name, SandboxEnvironment sandbox) =>
        $"kind: ImageRepository\nmetadata: {{name: {name}}}\nspec: {{image: '{sandbox.RegistryHost}/app', interval: 1m, insecure: true}}\n---\n"
        + $"kind: ImagePolicy\nmetadata: {{name: {name}}}\nspec: {{imageRepositoryRef: {{name: {name}}}, policy: {{semver: {{range: '*'}}}}}}\n---\n";

    private static string Automation(string name) =>
        $"kind: ImageUpdateAutomation\nmetadata: {{name: {name}}}\nspec:\n  sourceRef: {{kind: GitRepository, name: {name}}}\n  interval: 1m\n"
        + "  git: {checkout: {ref: {branch: main}}, commit: {author: {email: a@example.com}}}\n  update: {path: ./, strategy: Setters}\n---\n";
}

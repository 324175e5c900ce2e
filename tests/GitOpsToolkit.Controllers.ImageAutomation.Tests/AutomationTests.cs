using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Git;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

public sealed class AutomationTests : AutomationFixture
{
    private const string Marked = "image: reg.io/app:v0.5.0 # {\"$imagepolicy\": \"default:app\"}";

    private static readonly string Deployment = $"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
        spec:
          template:
            spec:
              containers:
                - name: web   # odd spacing stays
                  {Marked}

                  args: ["--x" ]
        """ + "\r\n# no final newline";

    [Fact]
    public async Task A_new_image_becomes_a_commit_that_changes_its_line_and_nothing_else()
    {
        using var copy = await SeedAsync(("apps/web.yaml", Deployment), ("apps/other.yaml", "a: 1 # x\n"));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "v0.5.0");
        await CreateAutomationAsync();
        var first = await WaitReadyAsync();
        Assert.Null(Status(first, "lastPushCommit"));
        Assert.Equal($"main@sha1:{await copy.HeadAsync()}", Status(first, "observedSourceRevision"));
        Assert.Equal("repository up-to-date", (string)Condition(first, "Ready")!["message"]!);

        await ElectAsync("app", "v0.6.0");
        var pushed = await WaitPushedAsync();

        var parent = await copy.HeadAsync();
        await copy.GitAsync("pull", "--quiet", "origin", "main");
        var commit = await copy.HeadAsync();
        Assert.Equal(commit, Status(pushed, "lastPushCommit"));
        Assert.Equal($"main@sha1:{commit}", Status(pushed, "observedSourceRevision"));
        Assert.Equal("v0.6.0", (string)pushed["status"]!["observedPolicies"]!["app"]!["tag"]!);
        Assert.NotNull(Status(pushed, "lastPushTime"));
        Assert.NotNull(Status(pushed, "lastAutomationRunTime"));
        Assert.Equal(parent, (await copy.GitAsync("rev-parse", "HEAD^")).Trim());
        Assert.Equal("1\t1\tapps/web.yaml", (await copy.GitAsync("diff", "--numstat", "HEAD^", "HEAD")).Trim());
        Assert.Equal(Deployment.Replace("v0.5.0", "v0.6.0"), await File.ReadAllTextAsync(Path.Combine(copy.Path, "apps/web.yaml")));
        Assert.Equal(
            "bot|bot@example.com|bot|bot@example.com|Update from image update automation",
            (await copy.GitAsync("log", "-1", "--format=%an|%ae|%cn|%ce|%B")).Trim());
        var told = await WaitEventAsync("the event", e => ((string)e["message"]!).StartsWith("pushed commit", StringComparison.Ordinal));
        Assert.Equal($"pushed commit '{commit[..7]}' to branch 'main'\nUpdate from image update automation", (string)told["message"]!);
        Assert.Equal("Succeeded", (string)told["reason"]!);
    }

    [Fact]
    public async Task Two_identical_reconciles_write_nothing()
    {
        using var copy = await SeedAsync(("web.yaml", Deployment));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "v0.6.0");
        await CreateAutomationAsync(change: spec => spec["interval"] = "100ms");
        await WaitPushEventAsync(await WaitPushedAsync());
        var tip = await TipAsync();

        var mark = Server.Requests.LastNumber;
        var asked = Git.Requests.Count;
        await Eventually.TrueAsync(() => Git.Requests.Count >= asked + 6, "some more intervals went by");

        Assert.DoesNotContain(Server.Requests.Since(mark), request => request.IsWrite);
        Assert.DoesNotContain(Git.Requests.Skip(asked), request => request.Query.Contains("receive-pack"));
        Assert.Equal(tip, await TipAsync());
    }

    [Fact]
    public async Task Requested_and_changed_automations_run_at_once_and_suspended_ones_do_not()
    {
        using var copy = await SeedAsync(("web.yaml", Deployment));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "v0.5.0");
        await CreateAutomationAsync();
        await WaitReadyAsync();

        await RequestAsync("one");
        await WaitAsync("the request is handled", obj => Status(obj, "lastHandledReconcileAt") == "one");

        // Policies come by another watch than automations: the suspension must have been seen before the policy changes.
        // A suspended object's status stays as it was, so its conditions may be of an older generation.
        await PatchAutomationAsync("""{"spec":{"suspend":true}}""");
        await RequestAsync("two");
        await WaitAsync("the suspension is seen", obj => Status(obj, "lastHandledReconcileAt") == "two", verify: false);
        await ElectAsync("app", "v0.6.0");
        await RequestAsync("three");
        await WaitAsync("the request is noted", obj => Status(obj, "lastHandledReconcileAt") == "three", verify: false);
        Assert.Equal(await copy.HeadAsync(), await TipAsync());

        await PatchAutomationAsync("""{"spec":{"suspend":false}}""");
        await WaitPushedAsync();
        Assert.NotEqual(await copy.HeadAsync(), await TipAsync());
    }

    [Fact]
    public async Task The_message_template_sees_all_of_its_fields()
    {
        const string Template = """
            {{ .AutomationObject }} {{ .AutomationObject.Name }}/{{ .AutomationObject.Namespace }} {{ .Values.team }}
            {{ range $file, $objects := .Changed.FileChanges -}}
            {{ $file }}:{{ range $id, $changes := $objects }} {{ $id.Kind }} {{ $id.APIVersion }} {{ $id.Name }}{{ range $changes }} {{ .OldValue }}>{{ .NewValue }} {{ .Setter }}{{ end }}{{ end }}
            {{ end -}}
            {{ range $id, $changes := .Changed.Objects }}{{ $id.Name }}={{ len $changes }} {{ end }}
            {{ range .Changed.Changes }}{{ print .OldValue " -> " .NewValue }}
            {{ end -}}
            """;
        using var copy = await SeedAsync(("apps/b.yaml", Deployment), ("apps/a.yaml", Deployment.Replace("name: web", "name: api")), ("elsewhere.yaml", Deployment));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "v0.6.0");
        await CreateAutomationAsync(change: spec =>
        {
            spec["update"]!["path"] = "./apps/";
            spec["git"]!["commit"]!["messageTemplate"] = Template;
            spec["git"]!["commit"]!["messageTemplateValues"] = new JsonObject { ["team"] = "blue" };
        });
        await WaitPushedAsync();

        await copy.GitAsync("pull", "--quiet", "origin", "main");
        Assert.Equal(
            """
            default/auto auto/default blue
            a.yaml: Deployment apps/v1 api reg.io/app:v0.5.0>reg.io/app:v0.6.0 default:app
            b.yaml: Deployment apps/v1 web reg.io/app:v0.5.0>reg.io/app:v0.6.0 default:app
            api=1 web=1 
            reg.io/app:v0.5.0 -> reg.io/app:v0.6.0
            """,
            (await copy.GitAsync("log", "-1", "--format=%B")).TrimEnd('\n'));
        Assert.Equal("apps/a.yaml\napps/b.yaml", (await copy.GitAsync("diff", "--name-only", "HEAD^", "HEAD")).Trim());
    }

    [Theory]
    [InlineData("{{ .Updated.Files }}", "RemovedTemplateField", "template uses removed '.Updated' field. Please use '.Changed' instead.")]
    [InlineData("{{ range .Changed.ImageResult.Objects }}{{ end }}", "RemovedTemplateField", "template uses removed '.Changed.ImageResult' field.")]
    [InlineData("a\n{{ env \"HOME\" }}", "GitOperationFailed", "template: commit message:2:3: function \"env\" not defined")]
    [InlineData("{{ with .Changed }}\n{{ .Nope }}{{ end }}", "GitOperationFailed", "template: commit message:2:3: executing \"commit message\" at <.Nope>: can't evaluate field Nope in type update.Result")]
    [InlineData("{{ range until 99999999 }}{{ end }}", "GitOperationFailed", "error calling until: stopped after 4000000 steps")]
    public async Task A_faulty_template_is_named(string template, string reason, string message)
    {
        using var copy = await SeedAsync(("web.yaml", Deployment));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "v0.6.0");
        await CreateAutomationAsync(change: spec => spec["git"]!["commit"]!["messageTemplate"] = template);
        Assert.Contains(message, await WaitFailedAsync(reason));
        await WaitAsync("the user must act", obj => (string?)Condition(obj, "Stalled")?["reason"] == reason);
        Assert.Equal(await copy.HeadAsync(), await TipAsync());
    }

    [Fact]
    public async Task Another_push_branch_is_made_and_then_continued()
    {
        using var copy = await SeedAsync(("web.yaml", Deployment));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "v0.6.0");
        await CreateAutomationAsync(change: spec => spec["git"]!["push"] = new JsonObject { ["branch"] = "updates/app" });
        var first = await WaitPushedAsync();
        var one = await TipAsync("updates/app");
        Assert.Equal(one, Status(first, "lastPushCommit"));
        Assert.Equal($"main@sha1:{await copy.HeadAsync()}", Status(first, "observedSourceRevision"));
        Assert.Equal(await copy.HeadAsync(), await TipAsync());

        await copy.GitAsync("fetch", "--quiet", "origin", "updates/app");
        await copy.GitAsync("checkout", "--quiet", "-b", "updates/app", one);
        var foreign = await copy.PushCommitAsync("somebody else's", ("note.txt", "kept"));
        await ElectAsync("app", "v0.7.0");
        await WaitPushEventAsync(await WaitPushedAsync(one));
        await copy.GitAsync("pull", "--quiet", "origin", "updates/app");
        Assert.Equal(foreign, (await copy.GitAsync("rev-parse", "HEAD^")).Trim());
        Assert.Contains("v0.7.0", await File.ReadAllTextAsync(Path.Combine(copy.Path, "web.yaml")));

        var mark = Server.Requests.LastNumber;
        await RequestAsync("again");
        await WaitAsync("the request is handled", obj => Status(obj, "lastHandledReconcileAt") == "again");
        Assert.Single(Server.Requests.Since(mark), request => request.IsWrite && request.UserAgent.Contains("image-automation"));
    }

    [Fact]
    public async Task Policies_take_part_by_selector_and_namespace()
    {
        using var copy = await SeedAsync(
            ("a.yaml", "kind: A\ni: reg.io/app:1 # {\"$imagepolicy\": \"default:blue\"}\nj: reg.io/app:1 # {\"$imagepolicy\": \"default:green\"}\n"));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("blue", "2", labels: new JsonObject { ["team"] = "blue" });
        await CreatePolicyAsync("green", "2", labels: new JsonObject { ["team"] = "green" });
        await CreateAutomationAsync(change: spec => spec["policySelector"] = JsonNode.Parse("""{"matchExpressions":[{"key":"team","operator":"In","values":["blue"]}]}"""));
        var found = await WaitPushedAsync();
        Assert.Equal(["blue"], found["status"]!["observedPolicies"]!.AsObject().Select(entry => entry.Key));
        await copy.GitAsync("pull", "--quiet", "origin", "main");
        Assert.Equal(
            "kind: A\ni: reg.io/app:2 # {\"$imagepolicy\": \"default:blue\"}\nj: reg.io/app:1 # {\"$imagepolicy\": \"default:green\"}\n",
            await File.ReadAllTextAsync(Path.Combine(copy.Path, "a.yaml")));
        Assert.Contains("a.yaml:3: default:green: the policy is not selected, see spec.policySelector", (string)Condition(found, "MarkersResolved")!["message"]!);
    }

    [Fact]
    public async Task Unresolved_markers_and_broken_files_are_told_once_and_the_others_go_on()
    {
        using var copy = await SeedAsync(
            ("web.yaml", Deployment),
            ("broken.yaml", "a: [\n  image: x # {\"$imagepolicy\": \"default:app\"}\n"),
            ("dump.yaml", new string('#', (16 << 20) + 1)),
            ("gone.yaml", "image: x # {\"$imagepolicy\": \"default:gone\"}\n"),
            ("waits.yaml", "image: x # {\"$imagepolicy\": \"default:waits\"}\n"));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "v0.6.0");
        await CreatePolicyAsync("waits", null);
        await CreateAutomationAsync();
        var found = await WaitPushedAsync();

        var condition = Condition(found, "MarkersResolved")!;
        Assert.Equal("False", (string)condition["status"]!);
        var message = (string)condition["message"]!;
        Assert.Contains("broken.yaml:", message);
        Assert.Contains("dump.yaml:1: the file exceeds 16 MiB and is not searched for markers", message);
        Assert.Contains("gone.yaml:1: default:gone: no such policy takes part", message);
        Assert.Contains("waits.yaml:1: default:waits: the policy has no image yet", message);
        var markers = found["status"]!["markers"]!.AsObject();
        Assert.Equal((5, 1, 0, 4), ((int)markers["found"]!, (int)markers["changed"]!, (int)markers["upToDate"]!, (int)markers["unresolved"]!));
        Assert.Equal(
            ["broken.yaml Unparsable", "dump.yaml Unparsable", "gone.yaml NoSuchPolicy", "waits.yaml NoImage"],
            markers["problems"]!.AsArray().Select(problem => $"{problem!["file"]} {problem["reason"]}"));

        // The value is there now; what became of the markers is told as before, and so is the list.
        await RequestAsync("again");
        var again = await WaitAsync("the request is handled", obj => Status(obj, "lastHandledReconcileAt") == "again");
        Assert.True(JsonNode.DeepEquals(markers, again["status"]!["markers"]), again["status"]!.ToJsonString());
        await WaitEventAsync("the warning", e => (string?)e["reason"] == "UnresolvedMarkers");
        Assert.Single(await EventsAsync(), e => (string?)e["reason"] == "UnresolvedMarkers");

        await copy.GitAsync("pull", "--quiet", "origin", "main");
        await copy.PushCommitAsync("clean up", ("broken.yaml", null), ("dump.yaml", null), ("gone.yaml", null), ("waits.yaml", null));
        await RequestAsync("last");
        await WaitAsync("the condition is gone", obj => Status(obj, "lastHandledReconcileAt") == "last" && Condition(obj, "MarkersResolved") is null);
    }

    [Fact]
    public async Task Basic_authentication_and_its_failure()
    {
        using var copy = await SeedAsync(("web.yaml", Deployment));
        Git.SetAccess("app", GitAccess.Basic("bot", "s3cret-value"));
        await CreateSecretAsync("wrong", ("username", "bot"), ("password", "not-s3cret-value"));
        await CreateSecretAsync("right", ("username", "bot"), ("password", "s3cret-value"));
        await CreateRepositoryAsync(change: spec => spec["secretRef"] = new JsonObject { ["name"] = "wrong" });
        await CreatePolicyAsync("app", "v0.6.0");
        await CreateAutomationAsync();
        var message = await WaitFailedAsync("GitOperationFailed");
        Assert.StartsWith("failed to checkout source: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message);

        var path = new Kubernetes.ResourcePath("source.toolkit.fluxcd.io", "v1", "gitrepositories", Namespace, "app");
        await Client.MergePatchAsync(path, JsonNode.Parse("""{"spec":{"secretRef":{"name":"right"}}}""")!.AsObject(), null, CancellationToken.None);
        await WaitPushedAsync();
        await WaitEventAsync("a warning", e => (string?)e["type"] == "Warning" && (string?)e["reason"] == "GitOperationFailed");
        foreach (var told in await EventsAsync())
        {
            Assert.DoesNotContain("s3cret", told.ToJsonString());
        }
    }

    [Fact]
    public async Task Faults_of_the_specification_stall_and_name_what_to_change()
    {
        await SeedAsync(("web.yaml", Deployment));
        await CreateRepositoryAsync();
        await CreateRepositoryAsync("tagged", spec => spec["ref"] = new JsonObject { ["tag"] = "v1" });
        await CreateRepositoryAsync("ssh", spec => spec["url"] = "ssh://git@example.com/app.git");
        await CreateRepositoryAsync("proxied", spec =>
        {
            spec["url"] = "ssh://git@example.com/app.git";
            spec["secretRef"] = new JsonObject { ["name"] = "p" };
            spec["proxySecretRef"] = new JsonObject { ["name"] = "p" };
        });
        await CreateAutomationAsync("refspec", spec => spec["git"]!["push"] = new JsonObject { ["refspec"] = "refs/heads/main:refs/for/main" });
        await CreateAutomationAsync("selector", spec => spec["policySelector"] = JsonNode.Parse("""{"matchExpressions":[{"key":"a","operator":"Near"}]}"""));
        await CreateAutomationAsync("nobranch", spec => spec["sourceRef"]!["name"] = "tagged");
        await CreateAutomationAsync("nogit", spec => spec.Remove("git"));
        await CreateAutomationAsync("byssh", spec => spec["sourceRef"]!["name"] = "ssh");
        await CreateAutomationAsync("proxy", spec => spec["sourceRef"]!["name"] = "proxied");
        await CreateAutomationAsync("missing", spec => spec["sourceRef"]!["name"] = "nowhere");
        await CreateAutomationAsync("nofolder", spec => spec["update"]!["path"] = "apps/none");

        Assert.Contains("spec.git.push.refspec", await WaitFailedAsync("InvalidSpec", "refspec"));
        Assert.Contains("not a valid label selector operator", await WaitFailedAsync("InvalidPolicySelector", "selector"));
        Assert.Contains("push spec not provided", await WaitFailedAsync("InvalidSourceConfiguration", "nobranch"));
        Assert.Contains("spec.git", await WaitFailedAsync("InvalidSourceConfiguration", "nogit"));
        Assert.Contains("SSH needs a secret", await WaitFailedAsync("InvalidSourceConfiguration", "byssh"));
        Assert.Contains("spec.proxySecretRef", await WaitFailedAsync("InvalidSourceConfiguration", "proxy"));
        Assert.Contains("'GitRepository/default/nowhere': not found", await WaitFailedAsync("SourceManagerFailed", "missing"));
        Assert.Contains("there is no folder 'apps/none'", await WaitFailedAsync("UpdateFailed", "nofolder"));
    }

    [Fact]
    public async Task A_repository_is_read_and_written_over_SSH()
    {
        Assert.SkipUnless(SshServerProgram.IsInstalled, SshServerProgram.Missing);
        using var copy = await SeedAsync(("web.yaml", Deployment));
        await using var server = await SshServerProgram.StartAsync(["ed25519"]);
        var bare = Path.Combine(server["repositories"], "app.git");
        await SshServerProgram.RunAsync("git", ["clone", "--quiet", "--bare", Git.RepositoryPath("app"), bare]);
        var key = await SshServerProgram.NewKeyAsync(server["client"], "-t", "ecdsa", "-N", "open sesame");
        await server.AllowAsync(await File.ReadAllTextAsync(server["client.pub"]));
        await server.OpenAsync();
        await CreateSecretAsync("ssh", ("identity", key), ("password", "open sesame"), ("known_hosts", await server.KnownHostAsync("ed25519")));
        await CreatePolicyAsync("app", "v0.7.0");
        await CreateRepositoryAsync(change: spec =>
        {
            spec["url"] = $"ssh://git@127.0.0.1:{server.Port}{bare}";
            spec["secretRef"] = new JsonObject { ["name"] = "ssh" };
        });
        await CreateAutomationAsync(change: spec => spec["git"]!["push"] = JsonNode.Parse("""{"options":{"ci.skip":""}}"""));

        await Eventually.TrueAsync(
            async () => (await SshServerProgram.RunAsync("git", ["-c", "safe.directory=*", "--git-dir", bare, "show", "main:web.yaml"])).Contains("reg.io/app:v0.7.0", StringComparison.Ordinal),
            "the commit is there");
        await WaitReadyAsync();
    }

    [Fact]
    public async Task A_malformed_image_of_a_policy_fails_the_run()
    {
        using var copy = await SeedAsync(("web.yaml", Deployment));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "v0.6.0", "Not An Image");
        await CreateAutomationAsync();
        Assert.Contains("encountered invalid image ref \"Not An Image:v0.6.0\"", await WaitFailedAsync("UpdateFailed"));
        await ElectAsync("app", "v0.6.0");
        await WaitPushedAsync();
    }
}

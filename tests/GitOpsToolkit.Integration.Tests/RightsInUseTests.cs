using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.Sandbox.Story;
using GitOpsToolkit.Sandbox.Story.Acts;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;
using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>The roles in config/rbac allow all that the controllers ask of the API server: the sandbox allows everything, a cluster does not.</summary>
[Collection(Machine.Collection)]
public sealed class RightsInUseTests
{
    /// <summary>The kustomize-controller is bound to cluster-admin, for it applies anything.</summary>
    private static readonly string[] Controllers = [ControllerNames.Source, ControllerNames.ImageReflector, ControllerNames.ImageAutomation];

    [Fact]
    public async Task Every_request_of_a_controller_is_allowed_by_its_role()
    {
        using var state = new TempDirectory();
        var cancel = TestContext.Current.CancellationToken;
        await using var sandbox = await SandboxEnvironment.StartAsync(new SandboxOptions { StateDirectory = state.Path }, cancel);
        using var output = new StringWriter();
        var scene = sandbox.SetScene(new Timeline(output, TimeProvider.System));
        await scene.Checkout.CloneAsync(cancel);
        await new Beginning().PlayAsync(scene, cancel);

        var requests = sandbox.ApiServer.Requests.Where(r => r.Verb.Length > 0).ToList();

        foreach (var controller in Controllers)
        {
            var own = requests.Where(r => r.UserAgent.StartsWith(controller, StringComparison.Ordinal)).ToList();
            var rules = Rules(controller);
            Assert.NotEmpty(own);
            Assert.Empty(own.Where(r => !rules.Any(rule => Allows(rule, r))).Select(r => $"{controller}: {r.Verb} {r.Path}").Distinct(StringComparer.Ordinal));
        }
    }

    private static List<JsonNode> Rules(string controller)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "GitOpsToolkit.sln")))
        {
            folder = folder.Parent;
        }

        return
        [
            .. new[] { $"{controller}.yaml", "leader-election.yaml" }
                .SelectMany(file => YamlReader.ReadAll(File.ReadAllText(Path.Combine(folder.FullName, "config", "rbac", file))))
                .Where(document => (string)document.Root!["kind"]! is "ClusterRole" or "Role")
                .SelectMany(document => document.Root!["rules"]!.AsArray())
                .Select(rule => rule!),
        ];
    }

    private static bool Allows(JsonNode rule, RecordedRequest request)
    {
        var (group, resource) = Target(request.Path);
        return Has(rule["apiGroups"], group) && Has(rule["resources"], resource) && Has(rule["verbs"], request.Verb);
    }

    /// <summary>Group and resource, with its subresource, of a path such as /apis/group/v1/namespaces/ns/plural/name/status.</summary>
    private static (string Group, string Resource) Target(string path)
    {
        var parts = path.Trim('/').Split('/');
        var group = parts[0] == "apis" ? parts[1] : "";
        var rest = parts[0] == "apis" ? parts[3..] : parts[2..];
        if (rest is ["namespaces", _, _, ..])
        {
            rest = rest[2..];
        }

        return (group, rest.Length > 2 ? $"{rest[0]}/{rest[2]}" : rest[0]);
    }

    private static bool Has(JsonNode? list, string value) => list!.AsArray().Any(item => (string)item! == value);
}

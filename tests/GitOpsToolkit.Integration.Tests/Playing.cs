using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox;
using GitOpsToolkit.Sandbox.Clusters;
using GitOpsToolkit.Sandbox.Story;
using GitOpsToolkit.Sandbox.Story.Acts;
using GitOpsToolkit.TestKit;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>Making and reading the toolkit's objects in a sandbox.</summary>
internal static class Playing
{
    public const string Space = "apps";

    public static readonly IReadOnlyDictionary<string, ResourcePath> Kinds = new Dictionary<string, ResourcePath>
    {
        ["GitRepository"] = new("source.toolkit.fluxcd.io", "v1", "gitrepositories", Space),
        ["Kustomization"] = new("kustomize.toolkit.fluxcd.io", "v1", "kustomizations", Space),
        ["ImageRepository"] = new("image.toolkit.fluxcd.io", "v1", "imagerepositories", Space),
        ["ImagePolicy"] = new("image.toolkit.fluxcd.io", "v1", "imagepolicies", Space),
        ["ImageUpdateAutomation"] = new("image.toolkit.fluxcd.io", "v1", "imageupdateautomations", Space),
        ["Secret"] = ResourcePath.Core("secrets", Space),
        ["ServiceAccount"] = ResourcePath.Core("serviceaccounts", Space),
        ["ConfigMap"] = ResourcePath.Core("configmaps", Space),
    };

    public static IEnumerable<string> ToolkitKinds => Kinds.Keys.Where(kind => Kinds[kind].Group.EndsWith(".toolkit.fluxcd.io", StringComparison.Ordinal));

    /// <summary>Plays the first act of the story: 3 pods run what Git says, and the five objects are Ready.</summary>
    public static async Task<Scene> BeginAsync(this SandboxEnvironment sandbox, CancellationToken cancel)
    {
        using var output = new StringWriter();
        var scene = sandbox.SetScene(new Timeline(output, TimeProvider.System));
        await scene.Checkout.CloneAsync(cancel);
        await new Beginning().PlayAsync(scene, cancel);
        return scene;
    }

    public static Task MakeNamespaceAsync(this SandboxEnvironment sandbox, CancellationToken cancel) => sandbox.Client.CreateAsync(
        ResourcePath.Core("namespaces"),
        new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = Space, ["labels"] = new JsonObject { [Installation.Mark] = "true" } } },
        null,
        cancel);

    /// <summary>Creates the objects of a YAML stream whose apiVersion and namespace are filled in.</summary>
    public static async Task MakeAsync(this SandboxEnvironment sandbox, string yaml, CancellationToken cancel)
    {
        foreach (var body in YamlReader.ReadAll(yaml, "objects.yaml").Select(document => document.Root!.AsObject()))
        {
            var collection = Kinds[(string)body["kind"]!];
            body["apiVersion"] = collection.Group.Length == 0 ? collection.Version : $"{collection.Group}/{collection.Version}";
            body["metadata"]!["namespace"] = Space;
            await sandbox.Client.CreateAsync(collection, body, null, cancel);
        }
    }

    public static async Task<List<JsonObject>> ToolkitObjectsAsync(this SandboxEnvironment sandbox, CancellationToken cancel)
    {
        List<JsonObject> objects = [];
        foreach (var kind in ToolkitKinds)
        {
            var list = await sandbox.Client.ListAsync(Kinds[kind], null, cancel);
            objects.AddRange(list.Items.Select(item => JsonNode.Parse(item.GetRawText())!.AsObject()));
        }

        return objects;
    }

    public static string Ready(JsonObject? found) => found?["status"]?["conditions"]?.AsArray()
        .Where(condition => (string?)condition!["type"] == "Ready")
        .Select(condition => $"{condition!["status"]} {condition["reason"]}: {condition["message"]}").FirstOrDefault() ?? "nothing said";

    /// <summary>Waits until what an object says of itself begins so.</summary>
    public static async Task UntilAsync(this SandboxEnvironment sandbox, string kind, string name, string begin, CancellationToken cancel)
    {
        var said = "";
        try
        {
            await Eventually.TrueAsync(
                async () => (said = Ready(await sandbox.Client.GetAsync(Kinds[kind] with { Name = name }, cancel))).StartsWith(begin, StringComparison.Ordinal),
                $"{kind}/{name} says {begin}");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; it says {said}", late);
        }
    }
}

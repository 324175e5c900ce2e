using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace GitOpsToolkit.Architecture.Tests;

/// <summary>Who may use whom. The rules are those of the house: libraries below, controllers above, never sideways.</summary>
public sealed class ProjectGraphTests
{
    private static readonly Dictionary<string, Project> Projects = Checkout.Files
        .Where(file => file.EndsWith(".csproj", StringComparison.Ordinal))
        .Select(Project.Read)
        .ToDictionary(project => project.Name);

    /// <summary>What a layer's projects may reference: layers by folder, or single projects by name.</summary>
    private static readonly (string Layer, string[] May)[] Rules =
    [
        ("api/GitOpsToolkit.Api/", []),
        ("api/GitOpsToolkit.Api.Crds/", ["GitOpsToolkit.Api", "GitOpsToolkit.Yaml"]),
        ("controllers/Foundation/GitOpsToolkit.Kustomize/", ["GitOpsToolkit.Yaml"]),
        ("controllers/Foundation/GitOpsToolkit.Git/", ["GitOpsToolkit.Archives", "GitOpsToolkit.Connections"]),
        ("controllers/Foundation/GitOpsToolkit.Registry/", ["GitOpsToolkit.Archives", "GitOpsToolkit.Connections"]),
        ("controllers/Foundation/GitOpsToolkit.Signatures/", ["GitOpsToolkit.Registry"]),
        ("controllers/Foundation/GitOpsToolkit.PullRequests/", ["GitOpsToolkit.Connections"]),
        ("controllers/Foundation/GitOpsToolkit.Templating/", ["GitOpsToolkit.Versioning"]),
        ("controllers/Foundation/", []),
        ("controllers/Runtime/GitOpsToolkit.Kubernetes/", ["GitOpsToolkit.Api"]),
        ("controllers/Runtime/GitOpsToolkit.Reconciling/", ["GitOpsToolkit.Kubernetes", "GitOpsToolkit.Api"]),
        ("controllers/Runtime/GitOpsToolkit.Delivery/",
            ["GitOpsToolkit.Reconciling", "GitOpsToolkit.Yaml", "GitOpsToolkit.Kubernetes", "GitOpsToolkit.Api"]),
        ("controllers/Runtime/GitOpsToolkit.Hosting/", ["GitOpsToolkit.Reconciling", "GitOpsToolkit.Kubernetes", "GitOpsToolkit.Api"]),
        ("controllers/Source/", ["controllers/Runtime/", "controllers/Foundation/", "api/GitOpsToolkit.Api/"]),
        ("controllers/Kustomize/", ["controllers/Runtime/", "controllers/Foundation/", "api/GitOpsToolkit.Api/"]),
        ("controllers/ImageReflector/", ["controllers/Runtime/", "controllers/Foundation/", "api/GitOpsToolkit.Api/"]),
        ("controllers/ImageAutomation/", ["controllers/Runtime/", "controllers/Foundation/", "api/GitOpsToolkit.Api/"]),
        ("controllers/Manager/", ["controllers/", "api/GitOpsToolkit.Api/"]),
        ("cli/", ["controllers/", "api/", "sandbox/"]),
        ("sandbox/", ["controllers/", "api/", "sandbox/"]),
        ("tests/", ["controllers/", "api/", "sandbox/", "cli/", "tests/"]),
    ];

    public static TheoryData<string> Names => [.. Projects.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_project_uses_only_what_its_layer_may_use(string name)
    {
        var project = Projects[name];
        var rule = Rules.FirstOrDefault(rule => project.Path.StartsWith(rule.Layer, StringComparison.Ordinal));
        Assert.True(rule.May is not null, $"{project.Path} is in no folder that the rules know: say in ProjectGraphTests what it may use");

        var wrong = project.References.Where(reference => !rule.May.Any(may => Matches(Projects[reference], may)));

        Assert.True(!wrong.Any(), $"{name} may not reference {string.Join(", ", wrong)}; it may: {string.Join(", ", rule.May)}");
    }

    [Fact]
    public void The_solution_holds_every_project()
    {
        var solution = Checkout.Read("GitOpsToolkit.sln").Replace('\\', '/');

        Assert.All(Projects.Values, project => Assert.Contains($"\"{project.Path}\"", solution));
    }

    [Fact]
    public void Api_needs_the_base_class_library_only()
    {
        var api = Projects["GitOpsToolkit.Api"];

        Assert.Empty(api.References);
        Assert.Empty(api.Packages);
        Assert.Empty(api.Frameworks);
    }

    [Fact]
    public void Foundation_knows_no_Kubernetes_client_and_no_web_host()
    {
        var foundation = Projects.Values.Where(project => project.Path.StartsWith("controllers/Foundation/", StringComparison.Ordinal));

        Assert.All(foundation, project =>
        {
            Assert.DoesNotContain("KubernetesClient", project.Packages);
            Assert.Empty(project.Frameworks);
        });
    }

    [Fact]
    public void Every_product_project_has_its_tests()
    {
        var product = Projects.Values.Where(project => !project.Path.StartsWith("tests/", StringComparison.Ordinal));
        var covered = Projects.Values.Where(project => project.Path.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(project => project.References).ToHashSet();

        Assert.All(product, project => Assert.True(
            Projects.ContainsKey(project.Name + ".Tests") || covered.Contains(project.Name), $"{project.Name} has no test project"));
    }

    [Fact]
    public void Versions_stand_in_one_place_only() =>
        Assert.All(Projects.Values, project => Assert.DoesNotMatch(new Regex("<PackageReference[^>]*Version="), Checkout.Read(project.Path)));

    [Fact]
    public void Lock_files_name_no_registry() =>
        Assert.All(
            Checkout.Files.Where(file => file.EndsWith("packages.lock.json", StringComparison.Ordinal)),
            file => Assert.DoesNotContain("://", Checkout.Read(file)));

    private static bool Matches(Project project, string may) =>
        may.EndsWith('/') ? project.Path.StartsWith(may, StringComparison.Ordinal) : project.Name == may;

    private sealed record Project(
        string Name, string Path, IReadOnlyList<string> References, IReadOnlyList<string> Packages, IReadOnlyList<string> Frameworks)
    {
        public static Project Read(string path)
        {
            var xml = XDocument.Parse(Checkout.Read(path));
            return new Project(
                System.IO.Path.GetFileNameWithoutExtension(path),
                path,
                [.. Included(xml, "ProjectReference").Select(include => System.IO.Path.GetFileNameWithoutExtension(include.Replace('\\', '/')))],
                Included(xml, "PackageReference"),
                Included(xml, "FrameworkReference"));
        }

        private static string[] Included(XDocument xml, string item) =>
            [.. xml.Descendants(item).Select(element => element.Attribute("Include")!.Value)];
    }
}

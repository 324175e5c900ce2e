using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Api.Source.V1;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>The CRDs as the generator makes them, and the folders of the checkout.</summary>
internal static class Crds
{
    /// <summary>The folder of this project in the checkout.</summary>
    public static string Project => SourceTree.At("tests/GitOpsToolkit.Api.Crds.Tests");

    /// <summary>The CRD of every kind, made anew at each call.</summary>
    public static IReadOnlyList<JsonObject> All()
    {
        var crds = new CrdFactory(DocComments.Load(Path.Combine(AppContext.BaseDirectory, "GitOpsToolkit.Api.xml")), typeof(GitRepository).Assembly.GetName().Version!);
        return
        [
            crds.Create<GitRepository>(), crds.Create<OCIRepository>(), crds.Create<ExternalArtifact>(), crds.Create<Kustomization>(),
            crds.Create<ImageRepository>(), crds.Create<ImagePolicy>(), crds.Create<ImageUpdateAutomation>(),
        ];
    }

    private static readonly Lazy<IReadOnlyDictionary<string, JsonObject>> ByKind = new(() => All().ToDictionary(c => (string)c["spec"]!["names"]!["kind"]!));

    /// <summary>The CRD of one kind; to be read only.</summary>
    public static JsonObject Of(string kind) => ByKind.Value[kind];
}

using GitOpsToolkit.Api.Crds;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Api.Source.V1;

// `crds <output-dir>` writes one file a kind: what `make manifests` calls.
if (args is not [var folder])
{
    Console.Error.WriteLine("usage: crds <output-dir>");
    return 2;
}

var docs = DocComments.Load(Path.Combine(AppContext.BaseDirectory, "GitOpsToolkit.Api.xml"));
var crds = new CrdFactory(docs, typeof(GitRepository).Assembly.GetName().Version!);
CrdFolder.Write(
    folder,
    [
        crds.Create<GitRepository>(),
        crds.Create<OCIRepository>(),
        crds.Create<ExternalArtifact>(),
        crds.Create<Kustomization>(),
        crds.Create<ImageRepository>(),
        crds.Create<ImagePolicy>(),
        crds.Create<ImageUpdateAutomation>(),
    ]);
return 0;

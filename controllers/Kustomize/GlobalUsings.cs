global using KustomizationScope =
    GitOpsToolkit.Reconciling.Scope<GitOpsToolkit.Api.Kustomize.V1.Kustomization, GitOpsToolkit.Api.Kustomize.V1.KustomizationStatus>;

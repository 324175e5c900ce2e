using System.Text.Json.Serialization;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Source.V1;

namespace GitOpsToolkit.Api.Json;

/// <summary>The source-generated description of all records; <see cref="ToolkitJson"/> adds what it takes to write them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(GitRepository))]
[JsonSerializable(typeof(OCIRepository))]
[JsonSerializable(typeof(ExternalArtifact))]
[JsonSerializable(typeof(Kustomization))]
[JsonSerializable(typeof(ImageRepository))]
[JsonSerializable(typeof(ImagePolicy))]
[JsonSerializable(typeof(ImageUpdateAutomation))]
[JsonSerializable(typeof(ToolkitStatus))]
internal sealed partial class ToolkitJsonContext : JsonSerializerContext;

using System.Reflection;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Api.Source.V1;
using Xunit;

namespace GitOpsToolkit.Api.Tests;

/// <summary>Names are contracts: with manifests, with the flux CLI and with dashboards.</summary>
public sealed class KindTests
{
    public static TheoryData<ToolkitObject, string, string, string, string> Kinds => new()
    {
        { new GitRepository(), "source.toolkit.fluxcd.io/v1", "GitRepository", "gitrepositories", "gitrepo" },
        { new OCIRepository(), "source.toolkit.fluxcd.io/v1", "OCIRepository", "ocirepositories", "ocirepo" },
        { new ExternalArtifact(), "source.toolkit.fluxcd.io/v1", "ExternalArtifact", "externalartifacts", "ea" },
        { new Kustomization(), "kustomize.toolkit.fluxcd.io/v1", "Kustomization", "kustomizations", "ks" },
        { new ImageRepository(), "image.toolkit.fluxcd.io/v1", "ImageRepository", "imagerepositories", "imgrepo,imagerepo" },
        { new ImagePolicy(), "image.toolkit.fluxcd.io/v1", "ImagePolicy", "imagepolicies", "imgpol,imagepol" },
        { new ImageUpdateAutomation(), "image.toolkit.fluxcd.io/v1", "ImageUpdateAutomation", "imageupdateautomations", "iua,imgupd,imgauto" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kind_has_these_names(ToolkitObject empty, string apiVersion, string kind, string plural, string shortNames)
    {
        var names = empty.Names;

        Assert.Equal((apiVersion, kind), (empty.ApiVersion, empty.Kind));
        Assert.Equal((apiVersion, kind, plural), (names.ApiVersion, names.Kind, names.Plural));
        Assert.Equal(shortNames, string.Join(',', names.ShortNames));
        Assert.Equal(kind.ToLowerInvariant(), names.Singular);
        Assert.Equal(["all", "fluxcd"], names.Categories.Take(2));
        Assert.True(names.Namespaced);
        Assert.EndsWith("-controller", names.Controller, StringComparison.Ordinal);
        Assert.Contains(PrinterColumn.Ready, names.Columns);
        Assert.Contains(PrinterColumn.Age, names.Columns);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_fresh_object_is_empty_but_never_null(ToolkitObject empty, string apiVersion, string kind, string plural, string shortNames)
    {
        Assert.NotNull(apiVersion + kind + plural + shortNames);
        Assert.Equal("", empty.Metadata.Name);
        Assert.Empty(empty.Metadata.Labels);
        Assert.Empty(empty.Metadata.Annotations);
        Assert.Empty(empty.Metadata.Finalizers);
        Assert.Empty(empty.Metadata.OwnerReferences);
        Assert.Empty(empty.CommonStatus.Conditions);
        Assert.Null(empty.CommonStatus.FindCondition(ConditionTypes.Ready));
        Assert.False(empty.HasStatus);
        Assert.False(empty.IsSuspended);
        Assert.Null(empty.Unknown);
    }

    [Theory]
    [InlineData(typeof(Reasons))]
    [InlineData(typeof(ConditionTypes))]
    [InlineData(typeof(ConditionStatus))]
    public void A_word_for_programs_reads_as_it_is_named(Type words) =>
        Assert.All(Constants(words), c => Assert.Equal(c.Name, (string)c.GetRawConstantValue()!));

    [Theory]
    [InlineData("Succeeded Failed Progressing ProgressingWithRetry Suspended DependencyNotReady InvalidPath InvalidURL InsecureConnectionsDisallowed UnsupportedConnectionType")]
    [InlineData("PruneFailed ArtifactFailed BuildFailed HealthCheckFailed HealthCheckCanceled ReconciliationSucceeded ReconciliationFailed InvalidCELExpression FeatureGateDisabled AccessDenied")]
    [InlineData("URLInvalid AuthenticationFailed VerificationError DirectoryCreationFailed StatOperationFailed ReadOperationFailed AcquireLockFailed ArchiveOperationFailed SymlinkUpdateFailed")]
    [InlineData("ArtifactUpToDate CacheOperationFailed PatchOperationFailed InvalidSTSConfiguration InvalidProviderConfiguration SourceIgnoreError NewRevision NewArtifact ArtifactVerificationFailed")]
    [InlineData("GarbageCollectionFailed GarbageCollectionSucceeded GitOperationSucceeded GitOperationFailed EmptyGitRepository IncludeChange IllegalPath CopyFailure NotFound NoArtifact")]
    [InlineData("InvalidVerificationMode InvalidGitObject InvalidTagSignature InvalidCommitSignature OCIArtifactPullFailed OCIArtifactLayerOperationFailed FetchFailed StorageOperationFailed VerificationFailed")]
    [InlineData("ImageURLInvalid Failure InvalidPolicy IntervalNotConfigured InvalidSourceConfiguration SourceManagerFailed UpdateFailed InvalidUpdateStrategy InvalidPolicySelector RemovedTemplateField")]
    public void Every_reason_of_the_reference_is_there(string reasons) =>
        Assert.All(reasons.Split(' '), reason => Assert.Contains(Constants(typeof(Reasons)), c => c.Name == reason));

    [Fact]
    public void Annotations_labels_and_finalizer_are_fluxs()
    {
        Assert.Equal("reconcile.fluxcd.io/requestedAt", WellKnown.RequestedAtAnnotation);
        Assert.Equal("finalizers.fluxcd.io", WellKnown.Finalizer);
        Assert.Equal("kustomize.toolkit.fluxcd.io/name", WellKnown.KustomizationNameLabel);
        Assert.Equal("kustomize.toolkit.fluxcd.io/namespace", WellKnown.KustomizationNamespaceLabel);
        Assert.Equal("event.toolkit.fluxcd.io/", WellKnown.EventAnnotationPrefix);
        Assert.Equal("app.kubernetes.io/part-of", WellKnown.PartOfLabel);
        Assert.Equal("flux", WellKnown.PartOfValue);
    }

    [Fact]
    public void Only_the_records_of_the_API_can_be_serialized() => Assert.Throws<NotSupportedException>(ToolkitJson.TypeInfo<KindTests>);

    private static IEnumerable<FieldInfo> Constants(Type type) => type.GetFields().Where(f => f.IsLiteral);
}

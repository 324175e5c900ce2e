using System.Text.Json;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;
using GitOpsToolkit.Api.Source.V1;
using Xunit;

namespace GitOpsToolkit.Api.Tests;

public sealed class ReaderTests
{
    [Fact]
    public void Reads_a_good_object()
    {
        var result = Read<GitRepository>("""
            {"apiVersion":"source.toolkit.fluxcd.io/v1","kind":"GitRepository",
             "metadata":{"name":"web","namespace":"apps","generation":3,"labels":{"a":"b"},"creationTimestamp":"2026-01-31T12:00:00Z","finalizers":["finalizers.fluxcd.io"]},
             "spec":{"url":"https://git.example/web.git","interval":"1m","timeout":"60s","ref":{"semver":">=1.0.0"},"include":[{"repository":{"name":"lib"},"toPath":"lib"}]},
             "status":{"observedGeneration":3,"lastHandledReconcileAt":"now","conditions":[
               {"type":"Ready","status":"True","reason":"Succeeded","message":"stored","lastTransitionTime":"2026-01-31T12:00:01.75+01:00"}]}}
            """);

        Assert.True(result.IsValid, result.Problem);
        var git = result.Value;
        Assert.Equal("web", git.Metadata.Name);
        Assert.Equal(3, git.Metadata.Generation);
        Assert.Equal("b", git.Metadata.Labels["a"]);
        Assert.Equal([WellKnown.Finalizer], git.Metadata.Finalizers);
        Assert.Equal("1m0s", git.Spec.Interval.ToString());
        Assert.Equal("1m0s", git.Spec.Timeout.ToString());
        Assert.Equal(">=1.0.0", git.Spec.Ref!.SemVer);
        Assert.Equal("lib", Assert.Single(git.Spec.Include).ToPath);
        Assert.Equal(3, git.CommonStatus.ObservedGeneration);
        Assert.Equal("now", git.Status.LastHandledReconcileAt);
        Assert.Equal(ConditionStatus.True, git.Status.FindCondition(ConditionTypes.Ready)!.Status);
        Assert.Equal(11, git.Status.Conditions[0].LastTransitionTime.UtcDateTime.Hour);
        Assert.False(git.IsSuspended);
    }

    [Fact]
    public void An_object_without_spec_and_status_has_empty_ones_and_names_what_is_required()
    {
        var result = Read<Kustomization>("""{"metadata":{"name":"x"},"spec":{}}""");

        Assert.False(result.IsValid);
        Assert.Equal("spec.interval: is required; spec.prune: is required; spec.sourceRef: is required", result.Problem);
        Assert.Equal("x", result.Value!.Metadata.Name);
        Assert.Empty(result.Value.Spec.DependsOn);
        Assert.Empty(result.Value.Status.Conditions);
        Assert.Equal("Kustomization", result.Value.Kind);
        Assert.Equal("kustomize.toolkit.fluxcd.io/v1", result.Value.ApiVersion);
        Assert.False(result.Value.HasStatus);
    }

    [Theory]
    [InlineData("""{"spec":{"url":"u","interval":"1d"}}""", "spec.interval: \"1d\" is not a duration: unknown unit \"d\"; use ms, s, m or h, such as 1m30s")]
    [InlineData("""{"spec":{"url":"u","interval":60}}""", "spec.interval: is 60, not a duration such as 1m30s")]
    [InlineData("""{"spec":{"url":"u","interval":"-1m"}}""", "spec.interval: \"-1m\" is not a duration in hours, minutes, seconds or milliseconds, such as 1h30m")]
    [InlineData("""{"spec":{"url":"u","interval":"1m","timeout":"1h"}}""", "spec.timeout: \"1h\" is not a duration in minutes, seconds or milliseconds, such as 1m30s")]
    [InlineData("""{"spec":{"url":7,"interval":"1m"}}""", "spec.url: is 7, not a string")]
    [InlineData("""{"spec":{"url":{},"interval":"1m"}}""", "spec.url: is an object, not a string")]
    [InlineData("""{"spec":{"url":null,"interval":"1m"}}""", "spec.url: is required")]
    [InlineData("""{"spec":{"url":"u","interval":"1m","suspend":"yes"}}""", "spec.suspend: is \"yes\", not true or false")]
    [InlineData("""{"spec":{"url":"u","interval":"1m","ref":"main"}}""", "spec.ref: is \"main\", not an object")]
    [InlineData("""{"spec":{"url":"u","interval":"1m","include":{}}}""", "spec.include: is an object, not a list")]
    [InlineData("""{"spec":{"url":"u","interval":"1m","include":[{"repository":{"name":"a"}},{"repository":{"name":[]}}]}}""", "spec.include[1].repository.name: is a list, not a string")]
    [InlineData("""{"spec":{"url":"u","interval":"1m","include":[{}]}}""", "spec.include[0].repository: is required")]
    [InlineData("""{"spec":{"url":"u","interval":"1m","sparseCheckout":["a",null]}}""", "spec.sparseCheckout[1]: is null, not a string")]
    [InlineData("""{"spec":"x"}""", "spec: is \"x\", not an object")]
    [InlineData("""{"kind":"Bucket","spec":{"url":"u","interval":"1m"}}""", "kind: \"Bucket\" is not GitRepository")]
    [InlineData("""{"apiVersion":"v1","spec":{"url":"u","interval":"1m"}}""", "apiVersion: \"v1\" is not source.toolkit.fluxcd.io/v1")]
    [InlineData("""{"metadata":{"labels":{"a.b/c":1}},"spec":{"url":"u","interval":"1m"}}""", "metadata.labels.a.b/c: is 1, not a string")]
    [InlineData("""{"metadata":{"generation":1.5},"spec":{"url":"u","interval":"1m"}}""", "metadata.generation: is 1.5, not a whole number")]
    [InlineData("""{"metadata":{"creationTimestamp":"yesterday"},"spec":{"url":"u","interval":"1m"}}""", "metadata.creationTimestamp: is \"yesterday\", not a time such as 2026-01-31T12:00:00Z")]
    [InlineData("[]", "is a list, not an object")]
    [InlineData("null", "is null, not an object")]
    public void Names_every_fault_with_its_path(string json, string problem)
    {
        var result = Read<GitRepository>(json);

        Assert.False(result.IsValid);
        Assert.Equal(problem, result.Problem);
        Assert.Empty(result.Ignored);
    }

    [Fact]
    public void Collects_all_faults_and_keeps_the_rest()
    {
        var result = Read<ImageRepository>("""
            {"metadata":{"name":"app","labels":{"good":"1","bad":2}},"spec":{"image":"registry.example/app","interval":"soon","suspend":1,"exclusionList":["^a$",5],"insecure":true}}
            """);

        Assert.Equal(["metadata.labels.bad", "spec.interval", "spec.suspend", "spec.exclusionList[1]"], result.Errors.Select(e => e.Path));
        Assert.Equal("registry.example/app", result.Value!.Spec.Image);
        Assert.Equal(["^a$"], result.Value.Spec.ExclusionList);
        Assert.True(result.Value.Spec.Insecure);
        Assert.Equal("1", Assert.Single(result.Value.Metadata.Labels).Value);
    }

    [Fact]
    public void A_damaged_status_does_not_stall_the_object()
    {
        var result = Read<GitRepository>("""
            {"spec":{"url":"u","interval":"1m"},
             "status":{"observedGeneration":"three","artifact":{"path":"p"},"observedIgnore":"*.md",
                       "conditions":[{"type":"Ready"},{"type":"Stalled","status":"True","reason":"R","message":"","lastTransitionTime":"2026-01-31T12:00:00Z"}]}}
            """);

        Assert.True(result.IsValid);
        Assert.Equal(0, result.Value.Status.ObservedGeneration);
        Assert.Null(result.Value.Status.Artifact);
        Assert.Equal("*.md", result.Value.Status.ObservedIgnore);
        Assert.Equal("Stalled", Assert.Single(result.Value.Status.Conditions).Type);
        Assert.Contains(result.Ignored, e => e.Path == "status.artifact.url" && e.Message == "is required");
        Assert.True(Read<GitRepository>("""{"spec":{"url":"u","interval":"1m"},"status":[]}""").IsValid);
    }

    [Fact]
    public void Null_is_as_good_as_absent_where_nothing_is_required()
    {
        var result = Read<GitRepository>("""
            {"metadata":{"name":"a","creationTimestamp":null,"labels":null,"generation":null},
             "spec":{"url":"u","interval":"1m","suspend":null,"timeout":null,"include":null,"ref":null},"status":null}
            """);

        Assert.True(result.IsValid, result.Problem);
        Assert.Null(result.Value.Metadata.CreationTimestamp);
        Assert.Empty(result.Value.Spec.Include);
    }

    [Fact]
    public void An_external_artifact_has_conditions_but_no_observed_generation()
    {
        var result = Read<ExternalArtifact>("""
            {"spec":{},"status":{"conditions":[{"type":"Ready","status":"True","reason":"Succeeded","message":"m","lastTransitionTime":"2026-01-31T12:00:00Z"}]}}
            """);

        Assert.True(result.IsValid, result.Problem);
        Assert.Equal("Ready", Assert.Single(result.Value.CommonStatus.Conditions).Type);
    }

    private static ReadResult<T> Read<T>(string json)
        where T : ToolkitObject, IToolkitKind
    {
        using var document = JsonDocument.Parse(json);
        return ToolkitReader.Read<T>(document.RootElement);
    }
}

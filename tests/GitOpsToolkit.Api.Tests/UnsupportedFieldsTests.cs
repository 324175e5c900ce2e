using System.Text.Json;
using GitOpsToolkit.Api.Json;
using Xunit;

namespace GitOpsToolkit.Api.Tests;

public sealed class UnsupportedFieldsTests
{
    [Theory]
    [InlineData("""{"verify":{"mode":"HEAD"}}""", "verify", "spec.verify")]
    [InlineData("""{"verify":{"mode":"HEAD"}}""", "verify.secretRef", "")]
    [InlineData("""{"recurseSubmodules":true}""", "recurseSubmodules", "spec.recurseSubmodules")]
    [InlineData("""{"recurseSubmodules":false}""", "recurseSubmodules", "")]
    [InlineData("""{"include":[{"toPath":"a"},{"fromPath":"b"}]}""", "include", "spec.include")]
    [InlineData("""{"include":[{"toPath":"a"},{"fromPath":"b"}]}""", "include[]", "spec.include[0],spec.include[1]")]
    [InlineData("""{"include":[{"toPath":"a"},{"fromPath":"b"}]}""", "include[].fromPath", "spec.include[1].fromPath")]
    [InlineData("""{"include":[]}""", "include", "")]
    [InlineData("""{"include":[]}""", "include[].fromPath", "")]
    [InlineData("""{"verify":{},"decryption":null,"path":"","kubeConfig":{"secretRef":{"name":""}}}""", "verify decryption path kubeConfig", "")]
    [InlineData("""{"provider":"generic"}""", "provider=generic", "")]
    [InlineData("""{"provider":"aws"}""", "provider=generic|aws", "")]
    [InlineData("""{"provider":"gcp"}""", "provider=generic|aws", "spec.provider=gcp (only generic, aws)")]
    [InlineData("""{"a":{"b":[{"c":[{"d":1}]}]}}""", "a.b[].c[].d", "spec.a.b[0].c[0].d")]
    [InlineData("""{"n":0,"m":1}""", "m n", "spec.m")]
    [InlineData("""{"ref":"not an object","include":{"not":"a list"}}""", "ref.semver include[].toPath", "")]
    [InlineData("null", "verify", "")]
    public void Finds_what_is_used(string spec, string paths, string used)
    {
        using var document = JsonDocument.Parse(spec);

        Assert.Equal(used, string.Join(',', UnsupportedFields.Find(document.RootElement, paths.Split(' '))));
    }

    [Fact]
    public void An_absent_spec_uses_nothing() => Assert.Empty(UnsupportedFields.Find(default, ["verify"]));

    [Fact]
    public void The_message_names_the_fields_and_says_what_to_do()
    {
        Assert.Equal("spec.verify: not supported by this version; remove or change the field to continue", UnsupportedFields.Message(["spec.verify"]));
        Assert.Equal("spec.a, spec.b: not supported by this version; remove or change the fields to continue", UnsupportedFields.Message(["spec.a", "spec.b"]));
    }
}

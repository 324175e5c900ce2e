using System.Text.Json.Nodes;

namespace GitOpsToolkit.Kubernetes.Tests;

public sealed class SecretDataTests
{
    [Theory]
    [InlineData("""{"data":{"a":"MQ==","b":""}}""", "a=1,b=")]
    [InlineData("""{"data":{}}""", "")]
    [InlineData("""{"type":"Opaque"}""", "")]
    public void Values_are_decoded(string secret, string expected)
    {
        Assert.True(SecretData.TryDecode(JsonNode.Parse(secret)!.AsObject(), out var data, out _));
        Assert.Equal(expected, string.Join(',', data.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Theory]
    [InlineData("""{"data":{"a":"MQ==","token":"hidden!"}}""")]
    [InlineData("""{"data":{"token":3}}""")]
    public void What_is_no_base64_is_named_without_its_value(string secret)
    {
        Assert.False(SecretData.TryDecode(JsonNode.Parse(secret)!.AsObject(), out var data, out var problem));
        Assert.Null(data);
        Assert.Equal("the value of 'token' is no base64", problem);
    }
}

using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

/// <summary>A case is what a user writes (<c>given.json</c>) and what the server stores of it (<c>expected.json</c>).</summary>
public sealed class DefaultingTests
{
    public static TheoryData<string> All => Cases.In("defaults");

    [Theory]
    [MemberData(nameof(All))]
    public void Case(string name)
    {
        var obj = Cases.Read("defaults", name, "given.json")!.AsObject();
        var apiVersion = Json.Text(obj, "apiVersion")!.Split('/');
        var kind = BuiltinKind.Find(apiVersion.Length == 2 ? apiVersion[0] : "", apiVersion[^1], Json.Text(obj, "kind")!)!;
        Assert.Empty(kind.Decode(obj));
        kind.Default(obj);
        Cases.Same(Cases.Read("defaults", name, "expected.json"), obj);
        Assert.Empty(kind.Validate(obj, null));

        // What is stored is a fixed point.
        var again = obj.DeepClone().AsObject();
        kind.Decode(again);
        kind.Default(again);
        Cases.Same(obj, again);
    }
}

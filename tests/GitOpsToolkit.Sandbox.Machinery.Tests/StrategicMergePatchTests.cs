using GitOpsToolkit.Sandbox.Machinery.Patches;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

/// <summary>A case is a folder with <c>live.json</c>, <c>patch.json</c> and <c>expected.json</c> or <c>error.txt</c>; the kind stands in the live object.</summary>
public sealed class StrategicMergePatchTests
{
    public static TheoryData<string> All => Cases.In("strategic");

    [Theory]
    [MemberData(nameof(All))]
    public void Case(string name)
    {
        var live = Cases.Read("strategic", name, "live.json")!.AsObject();
        var apiVersion = Json.Text(live, "apiVersion")!.Split('/');
        var kind = BuiltinKind.Find(apiVersion.Length == 2 ? apiVersion[0] : "", apiVersion[^1], Json.Text(live, "kind")!)!;
        var patch = Cases.Read("strategic", name, "patch.json");
        if (Cases.ReadText("strategic", name, "error.txt") is { } error)
        {
            Assert.Equal(error, Assert.Throws<StatusException>(() => StrategicMergePatch.Apply(live, patch, kind.Type)).Message);
            return;
        }

        var before = live.DeepClone();
        Cases.Same(Cases.Read("strategic", name, "expected.json"), StrategicMergePatch.Apply(live, patch, kind.Type));
        Cases.Same(before, live);
    }
}

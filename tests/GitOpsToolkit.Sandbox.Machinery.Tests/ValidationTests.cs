using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.Machinery.Patches;
using Xunit;

namespace GitOpsToolkit.Sandbox.Machinery.Tests;

/// <summary>
/// A case is a valid object (<c>valid.json</c>) and a table (<c>rows.json</c>): a merge patch that is laid over it, whether the valid object is
/// what it replaces (<c>update</c>), and the errors.
/// </summary>
public sealed class ValidationTests
{
    public static TheoryData<string> All => Cases.In("validation");

    [Theory]
    [MemberData(nameof(All))]
    public void Case(string name)
    {
        var valid = Cases.Read("validation", name, "valid.json")!.AsObject();
        var kind = KindOf(valid);
        Prepare(kind, valid);
        Assert.Empty(kind.Validate(valid, null));
        Assert.Empty(kind.Validate(valid, valid));
        foreach (var row in Cases.Read("validation", name, "rows.json")!.AsArray().OfType<JsonObject>())
        {
            var obj = JsonMergePatch.Apply(valid, row["patch"]);
            Prepare(kind, obj);
            var errors = kind.Validate(obj, Json.Boolean(row, "update") == true ? valid : null, Json.Text(row, "subresource") ?? "");
            Assert.Equal(row["errors"]!.AsArray().Select(e => e!.GetValue<string>()), errors.Select(e => e.ToString()));
        }
    }

    [Fact]
    public void ARefusalCarriesItsCauses()
    {
        var kind = BuiltinKind.Find("apps", "v1", "Deployment")!;
        var obj = Cases.Read("validation", "deployment", "valid.json")!.AsObject();
        obj["spec"]!["replicas"] = -1;
        obj["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "";
        var refusal = Assert.Throws<StatusException>(() => kind.ThrowIfInvalid(obj, null));
        Assert.Equal(
            "Deployment.apps \"web\" is invalid: [spec.replicas: Invalid value: -1: must be greater than or equal to 0, "
            + "spec.template.spec.containers[0].image: Required value]",
            refusal.Message);
        Assert.Equal((422, "Invalid"), (refusal.Code, refusal.Reason));
        Assert.Equal(
            [
                new StatusCause("FieldValueInvalid", "Invalid value: -1: must be greater than or equal to 0", "spec.replicas"),
                new StatusCause("FieldValueRequired", "Required value", "spec.template.spec.containers[0].image"),
            ],
            refusal.Causes);
        Assert.Equal(("apps", "Deployment", "web"), (refusal.DetailsGroup, refusal.DetailsKind, refusal.DetailsName));
    }

    private static BuiltinKind KindOf(JsonObject obj)
    {
        var apiVersion = Json.Text(obj, "apiVersion")!.Split('/');
        return BuiltinKind.Find(apiVersion.Length == 2 ? apiVersion[0] : "", apiVersion[^1], Json.Text(obj, "kind")!)!;
    }

    private static void Prepare(BuiltinKind kind, JsonObject obj)
    {
        kind.Decode(obj);
        kind.Default(obj);
    }
}

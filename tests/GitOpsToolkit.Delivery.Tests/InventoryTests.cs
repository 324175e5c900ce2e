using CsCheck;
using GitOpsToolkit.Api.Kustomize.V1;
using GitOpsToolkit.Kubernetes;
using Xunit;

namespace GitOpsToolkit.Delivery.Tests;

public sealed class InventoryTests
{
    private static readonly Gen<string> Names = Gen.String[Gen.OneOf(Gen.Char['a', 'z'], Gen.Char['0', '9'], Gen.Const('-'), Gen.Const('.')), 1, 20];

    private static readonly Gen<ObjectRef> Plain = Gen.Select(
        Gen.OneOf(Gen.Const(""), Names), Names, Pick.From("", "apps", "cert-manager.io"), Pick.From("Deployment", "Namespace", "Widget"),
        (space, name, group, kind) => new ObjectRef(new GroupVersionKind(group, "v1", kind), space, name));

    private static readonly Gen<ObjectRef> Rbac = Gen.Select(
        Gen.OneOf(Gen.Const(""), Names), Names.List[1, 4], Pick.From("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
        (space, parts, kind) => new ObjectRef(new GroupVersionKind("rbac.authorization.k8s.io", "v1", kind), space, string.Join(':', parts)));

    [Fact]
    public void Ids_read_back_to_the_object_they_were_written_for() => Gen.OneOf(Plain, Rbac).Sample(target =>
    {
        Assert.True(InventoryId.TryParse(InventoryId.Format(target), "v1", out var read));
        Assert.Equal(target, read.Value);
    });

    [Fact]
    public void Inventories_read_back_and_differ_as_sets() => Gen.Select(Plain.List[0, 8], Plain.List[0, 8]).Sample((left, right) =>
    {
        var (before, after) = (new Inventory(left), new Inventory(right));
        Assert.Equal(before.Objects, Inventory.Read(before.Write()).Objects);
        Assert.Equal(
            before.Objects.Select(InventoryId.Format).Except(after.Objects.Select(InventoryId.Format)),
            before.Without(after).Select(InventoryId.Format));
        Assert.Empty(before.Without(before.With(after.Objects)));
    });

    [Theory]
    [InlineData("apps_web_apps_Deployment", "apps", "web", "apps", "Deployment")]
    [InlineData("_apps__Namespace", "", "apps", "", "Namespace")]
    [InlineData("apps_settings__ConfigMap", "apps", "settings", "", "ConfigMap")]
    [InlineData("_system__controller__x_rbac.authorization.k8s.io_ClusterRole", "", "system:controller:x", "rbac.authorization.k8s.io", "ClusterRole")]
    public void Ids_have_the_form_of_Flux(string id, string space, string name, string group, string kind)
    {
        var target = new ObjectRef(new GroupVersionKind(group, "v1", kind), space, name);
        Assert.Equal(id, InventoryId.Format(target));
        Assert.True(InventoryId.TryParse(id, "v1", out var read));
        Assert.Equal(target, read.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a_b")]
    [InlineData("a_b_c")]
    [InlineData("a_b_c_")]
    [InlineData("__c_Kind")]
    public void What_is_no_id_is_left_out(string id)
    {
        Assert.False(InventoryId.TryParse(id, "v1", out _));
        Assert.Empty(Inventory.Read(new ResourceInventory { Entries = [new ResourceRef { Id = id, V = "v1" }] }).Objects);
        Assert.Empty(Inventory.Read(null).Objects);
    }

    [Fact]
    public void A_new_version_of_an_api_is_the_same_object()
    {
        var old = new ObjectRef(new GroupVersionKind("x.io", "v1beta1", "Widget"), "a", "w");
        var now = old with { Kind = old.Kind with { Version = "v1" } };
        Assert.True(old.IsSameObject(now));
        Assert.Empty(new Inventory([old]).Without(new Inventory([now])));
    }
}

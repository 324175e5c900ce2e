namespace GitOpsToolkit.Sandbox.ApiServer.Tests;

public sealed class OwnershipTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Background_the_owner_goes_at_once_and_the_dependents_follow()
    {
        await FamilyAsync();
        await server.DeleteAsync($"{Maps}/owner");
        Assert.Equal(404, (await server.GetAsync($"{Maps}/owner")).Number);
        await GoneAsync("child");
        await GoneAsync("grandchild");
    }

    [Fact]
    public async Task Foreground_the_owner_waits_for_its_dependents()
    {
        await FamilyAsync(finalizer: "example.com/hold");
        var marked = await server.DeleteAsync($"{Maps}/owner", """{"propagationPolicy":"Foreground"}""");
        Assert.Equal("foregroundDeletion", marked.TextAt("metadata.finalizers.0"));
        await Eventually.TrueAsync(async () => (await server.GetAsync($"{Maps}/child")).At("metadata.deletionTimestamp") is not null, "the child is marked");
        Assert.Equal(200, (await server.GetAsync($"{Maps}/owner")).Number);
        await server.MergeAsync($"{Maps}/child", """{"metadata":{"finalizers":null}}""");
        await GoneAsync("child");
        await GoneAsync("owner");
    }

    [Fact]
    public async Task Orphan_the_dependents_stay_without_an_owner()
    {
        await FamilyAsync();
        await server.DeleteAsync($"{Maps}/owner", """{"propagationPolicy":"Orphan"}""");
        await GoneAsync("owner");
        var child = await server.GetAsync($"{Maps}/child");
        Assert.Equal(200, child.Number);
        Assert.Null(child.At("metadata.ownerReferences"));
    }

    [Fact]
    public async Task A_dependent_of_an_owner_that_never_was_is_deleted()
    {
        await server.MustPostAsync(Maps, Child("lost", "nobody", "no-such-uid"));
        await GoneAsync("lost");
    }

    [Fact]
    public async Task A_dependent_with_another_living_owner_stays_and_loses_the_dead_reference()
    {
        var living = (await server.MustPostAsync(Maps, """{"metadata":{"name":"living"}}""")).TextAt("metadata.uid");
        var dying = (await server.MustPostAsync(Maps, """{"metadata":{"name":"dying"}}""")).TextAt("metadata.uid");
        await server.MustPostAsync(Maps, $$$"""
            {"metadata":{"name":"both","ownerReferences":[
              {"apiVersion":"v1","kind":"ConfigMap","name":"living","uid":"{{{living}}}"},
              {"apiVersion":"v1","kind":"ConfigMap","name":"dying","uid":"{{{dying}}}"}]}}
            """);
        await server.DeleteAsync($"{Maps}/dying");
        await Eventually.TrueAsync(async () => (await server.GetAsync($"{Maps}/both")).At("metadata.ownerReferences")!.AsArray().Count == 1, "one owner is left");
        Assert.Equal("living", (await server.GetAsync($"{Maps}/both")).TextAt("metadata.ownerReferences.0.name"));
    }

    [Fact]
    public async Task An_owner_of_an_unknown_kind_keeps_its_dependents()
    {
        await server.MustPostAsync(Maps, """
            {"metadata":{"name":"kept","ownerReferences":[{"apiVersion":"example.com/v1","kind":"Thing","name":"t","uid":"u"}]}}
            """);
        await server.MustPostAsync(Maps, Child("lost", "nobody", "no-such-uid"));
        await GoneAsync("lost");
        Assert.Equal(200, (await server.GetAsync($"{Maps}/kept")).Number);
    }

    private static string Child(string name, string owner, string uid, string finalizers = "") => $$$"""
        {"metadata":{"name":"{{{name}}}"{{{finalizers}}},"ownerReferences":[
          {"apiVersion":"v1","kind":"ConfigMap","name":"{{{owner}}}","uid":"{{{uid}}}","blockOwnerDeletion":true}]}}
        """;

    private async Task FamilyAsync(string? finalizer = null)
    {
        var owner = await server.MustPostAsync(Maps, """{"metadata":{"name":"owner"}}""");
        var finalizers = finalizer is null ? "" : $",\"finalizers\":[\"{finalizer}\"]";
        var child = await server.MustPostAsync(Maps, Child("child", "owner", owner.TextAt("metadata.uid"), finalizers));
        await server.MustPostAsync(Maps, Child("grandchild", "child", child.TextAt("metadata.uid")));
    }

    private Task GoneAsync(string name) => Eventually.TrueAsync(async () => (await server.GetAsync($"{Maps}/{name}")).Number == 404, $"{name} is gone");
}

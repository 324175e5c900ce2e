using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Loop;

namespace GitOpsToolkit.Reconciling.Tests.Loop;

public sealed class ObjectPredicateTests
{
    private static readonly PartialObject Object = new() { Namespace = "default", Name = "app", Uid = "1", ResourceVersion = "5", Generation = 2 };

    [Fact]
    public void New_and_gone_objects_are_worth_a_reconcile()
    {
        Assert.True(ObjectPredicate.IsWorth(new CacheChange<PartialObject>(null, Entry(Object))));
        Assert.True(ObjectPredicate.IsWorth(new CacheChange<PartialObject>(Entry(Object), null)));
    }

    [Fact]
    public void A_write_of_status_or_labels_is_not()
    {
        Assert.False(IsWorth(Object with { ResourceVersion = "6" }));
        Assert.False(IsWorth(Object with { ResourceVersion = "6", Labels = new Dictionary<string, string> { ["a"] = "b" } }));
        Assert.False(IsWorth(Object with { ResourceVersion = "6", Finalizers = ["finalizers.fluxcd.io"] }));
    }

    [Fact]
    public void Spec_deletion_and_request_are()
    {
        Assert.True(IsWorth(Object with { Generation = 3 }));
        Assert.True(IsWorth(Object with { DeletionTimestamp = DateTimeOffset.UnixEpoch }));
        Assert.True(IsWorth(Requested(Object, "now")));
    }

    [Fact]
    public void A_request_counts_when_its_token_changes()
    {
        var first = Entry(Requested(Object, "one"));

        Assert.True(ObjectPredicate.IsRequested(new CacheChange<PartialObject>(Entry(Object), first)));
        Assert.True(ObjectPredicate.IsRequested(new CacheChange<PartialObject>(first, Entry(Requested(Object, "two")))));
        Assert.False(ObjectPredicate.IsRequested(new CacheChange<PartialObject>(first, Entry(Requested(Object, "one")))));
        Assert.False(ObjectPredicate.IsRequested(new CacheChange<PartialObject>(first, Entry(Object))));
    }

    private static bool IsWorth(PartialObject after) => ObjectPredicate.IsWorth(new CacheChange<PartialObject>(Entry(Object), Entry(after)));

    private static PartialObject Requested(PartialObject value, string token) =>
        value with { Annotations = new Dictionary<string, string> { ["reconcile.fluxcd.io/requestedAt"] = token } };

    private static CacheEntry<PartialObject> Entry(PartialObject value) => new(value, value, []);
}

using CsCheck;
using GitOpsToolkit.Controllers.ImageReflector.Scanning;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Scanning;

public sealed class ShrinkGuardTests
{
    private static readonly ObjectKey Key = new("default", "app");
    private static readonly TagsBefore Ten = Before(Enumerable.Range(0, 10).Select(i => $"v{i}"));

    private readonly ShrinkGuard guard = new();
    private int minute;

    [Theory]
    [InlineData(10, 5, false)]
    [InlineData(10, 4, true)]
    [InlineData(1, 0, true)]
    [InlineData(2, 1, false)]
    [InlineData(3, 1, true)]
    [InlineData(0, 0, false)]
    [InlineData(5, 50, false)]
    public void More_than_half_gone_is_held(int before, int after, bool held)
    {
        Assert.Equal(held, Hold(Before(Enumerable.Range(0, before).Select(i => $"v{i}")), Tags(0, after)));
        Assert.Equal(held, guard.HeldAt(Key) is not null);
    }

    [Fact]
    public void The_next_listing_without_them_confirms_it()
    {
        Assert.True(Hold(Ten, "v1", "v2"));
        Assert.False(Hold(Ten, "v1", "v2"));
        Assert.Null(guard.HeldAt(Key));
    }

    [Fact]
    public void A_listing_that_has_some_back_is_held_anew_and_one_that_has_most_is_taken()
    {
        Assert.True(Hold(Ten, "v1"));
        Assert.True(Hold(Ten, "v1", "v2"));
        Assert.True(Hold(Ten, "v1", "v2", "v3"));
        Assert.False(Hold(Ten, Tags(0, 9)));
        Assert.True(Hold(Ten, "v1"));
    }

    [Fact]
    public void New_tags_and_further_losses_do_not_unsettle_the_confirmation()
    {
        Assert.True(Hold(Ten, "v1", "v2"));
        Assert.False(Hold(Ten, "v1", "w1", "w2"));
    }

    [Fact]
    public void An_empty_answer_takes_two_scans_too()
    {
        Assert.True(Hold(Ten));
        Assert.False(Hold(Ten));
    }

    [Fact]
    public void Where_only_the_number_is_known_the_same_list_must_come_twice()
    {
        var lost = new TagsBefore(10, Tags: null);
        Assert.True(Hold(lost, "v1"));
        Assert.True(Hold(lost, "v1", "v2"));
        Assert.False(Hold(lost, "v1", "v2"));
    }

    [Fact]
    public void The_very_same_listing_is_no_second_one()
    {
        Assert.True(Hold(Ten, "v1"));
        minute--;
        Assert.True(Hold(Ten, "v1"));
    }

    [Fact]
    public void Another_image_or_object_is_judged_by_itself()
    {
        Assert.True(Hold(Ten, "v1"));
        Assert.True(guard.MustHold(Key, Ten, new ScannedTags("x/z", PackedTags.Of(["v1"]), At(5))));
        Assert.True(guard.MustHold(new ObjectKey("default", "other"), Ten, new ScannedTags("x/y", PackedTags.Of(["v1"]), At(9))));
        guard.Forget(Key);
        Assert.Null(guard.HeldAt(Key));
    }

    [Fact]
    public void Nothing_is_taken_in_one_step_that_lost_more_than_half() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[0, 30].Array[1, 8]).Sample((before, counts) =>
        {
            var fresh = new ShrinkGuard();
            var kept = before;
            var last = -1;
            for (var i = 0; i < counts.Length; i++)
            {
                var held = fresh.MustHold(
                    Key, Before(Enumerable.Range(0, kept).Select(n => $"v{n:00}")),
                    new ScannedTags("x/y", PackedTags.Of(Enumerable.Range(0, counts[i]).Select(n => $"v{n:00}")), At(i)));
                var shrunk = counts[i] * 2 < kept;

                // Taken where it is large enough, or no larger than the one that was held just before.
                Assert.Equal(shrunk && !(last >= 0 && counts[i] <= last), held);
                last = held ? counts[i] : -1;
                kept = held ? kept : counts[i];
            }
        });

    private static TagsBefore Before(IEnumerable<string> tags)
    {
        var packed = PackedTags.Of(tags);
        return new TagsBefore(packed.Count, packed);
    }

    private static string[] Tags(int from, int count) => [.. Enumerable.Range(from, count).Select(i => $"v{i}")];

    private static DateTimeOffset At(int minute) => DateTimeOffset.UnixEpoch.AddMinutes(minute);

    private bool Hold(TagsBefore before, params string[] listed) =>
        guard.MustHold(Key, before, new ScannedTags("x/y", PackedTags.Of(listed), At(++minute)));
}

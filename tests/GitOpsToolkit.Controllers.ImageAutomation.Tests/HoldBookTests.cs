using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageAutomation.Holds;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

public sealed class HoldBookTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_hold_is_on_its_markers_alone_and_one_without_markers_on_all_of_its_policy()
    {
        var book = HoldBook.Empty.Add(Hold("app", "1.4.0", Marker("a.yaml"))).Add(Hold("db", "7.0.0"));

        Assert.Equal("1.4.0", Assert.Single(book.On("app", Marker("a.yaml"))).Version);
        Assert.Empty(book.On("app", Marker("b.yaml")));
        Assert.Empty(book.On("db2", Marker("a.yaml")));
        Assert.Equal("7.0.0", Assert.Single(book.On("db", Marker("anywhere.yaml"))).Version);
    }

    [Fact]
    public void One_cause_is_one_hold_with_all_its_markers()
    {
        var book = HoldBook.Empty
            .Add(Hold("app", "1.4.0", Marker("a.yaml")))
            .Add(Hold("app", "1.4.0", Marker("b.yaml"), Marker("a.yaml")))
            .Add(Hold("app", "1.5.0", Marker("a.yaml")));

        Assert.Equal(["a.yaml,b.yaml", "a.yaml"], book.Holds.Select(hold => string.Join(',', hold.Markers.Select(marker => marker.File))));
    }

    [Fact]
    public void Too_many_markers_become_all_of_the_policy_and_stay_so()
    {
        var many = Enumerable.Range(0, HoldBook.MostMarkers + 1).Select(i => Marker($"{i}.yaml")).ToArray();
        var book = HoldBook.Empty.Add(Hold("app", "1.4.0", many)).Add(Hold("app", "1.4.0", Marker("a.yaml")));
        Assert.Empty(Assert.Single(book.Holds).Markers);

        var grown = many.Aggregate(HoldBook.Empty, (all, marker) => all.Add(Hold("app", "1.4.0", marker)));
        Assert.Empty(Assert.Single(grown.Holds).Markers);
        Assert.Single(grown.MapMarkers((_, _) => null).Holds);
    }

    [Fact]
    public void The_oldest_holds_give_way_to_new_ones()
    {
        var book = HoldBook.Empty;
        for (var i = 0; i <= HoldBook.MostHolds; i++)
        {
            book = book.Add(Hold("app", $"1.{i}.0", Marker("a.yaml")));
        }

        Assert.Equal(HoldBook.MostHolds, book.Holds.Count);
        Assert.Equal("1.1.0", book.Holds[0].Version);
    }

    [Fact]
    public void A_hold_goes_with_its_last_marker_and_follows_one_that_moved()
    {
        var book = HoldBook.Empty.Add(Hold("app", "1.4.0", Marker("a.yaml"), Marker("b.yaml"))).Add(Hold("db", "7.0.0", Marker("a.yaml")));

        var moved = book.MapMarkers((hold, marker) => marker.File == "a.yaml" ? hold.Policy == "db" ? null : Marker("c.yaml") : marker);

        Assert.Equal(["c.yaml", "b.yaml"], Assert.Single(moved.Holds).Markers.Select(marker => marker.File));
        Assert.Empty(moved.Without(hold => hold.Policy == "app").Holds);
    }

    private static HeldMarker Marker(string file) => new() { File = file, Path = "Deployment/web#/spec/image" };

    private static ImageUpdateHold Hold(string policy, string version, params HeldMarker[] markers) =>
        new() { Policy = policy, Version = version, Reason = ImageUpdateHold.Reverted, At = Now, Markers = markers };
}

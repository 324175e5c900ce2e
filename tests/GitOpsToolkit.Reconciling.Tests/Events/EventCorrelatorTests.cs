using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling.Events;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Reconciling.Tests.Events;

public sealed class EventCorrelatorTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly EventCorrelator _correlator;

    public EventCorrelatorTests() => _correlator = new EventCorrelator(new EventRecorderOptions { Controller = "c", Instance = "i" }, _time);

    [Fact]
    public void What_repeats_the_last_event_is_counted_and_told_now_and_then()
    {
        var first = _correlator.Admit(Event("failed"))!;
        Assert.True(first.IsNew);

        for (var i = 0; i < 50; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            Assert.Null(_correlator.Admit(Event("failed")));
        }

        _time.Advance(TimeSpan.FromMinutes(5));
        var repeated = _correlator.Admit(Event("failed"))!;
        Assert.Equal((first.Name, false, 52, first.FirstSeen), (repeated.Name, repeated.IsNew, repeated.Count, repeated.FirstSeen));
    }

    [Fact]
    public void Other_news_in_between_make_it_new_again()
    {
        var first = _correlator.Admit(Event("failed"))!;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_correlator.Admit(Event("recovered"))!.IsNew);
        _time.Advance(TimeSpan.FromSeconds(1));

        var second = _correlator.Admit(Event("failed"))!;

        Assert.True(second.IsNew);
        Assert.NotEqual(first.Name, second.Name);
    }

    [Fact]
    public void What_the_server_is_about_to_forget_is_made_anew()
    {
        var first = _correlator.Admit(Event("failed"))!;

        _time.Advance(TimeSpan.FromMinutes(51));

        var second = _correlator.Admit(Event("failed"))!;
        Assert.True(second.IsNew);
        Assert.NotEqual(first.Name, second.Name);
    }

    [Fact]
    public void An_object_that_talks_too_much_is_slowed_down_and_no_other()
    {
        var admitted = Enumerable.Range(0, 100).Count(i => _correlator.Admit(Event($"message {i}")) is not null);
        Assert.Equal(25, admitted);
        Assert.NotNull(_correlator.Admit(Event("x", name: "other")));

        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(2, Enumerable.Range(0, 10).Count(i => _correlator.Admit(Event($"later {i}")) is not null));
    }

    [Fact]
    public void Objects_that_come_and_go_do_not_pile_up()
    {
        for (var i = 0; i < 20_000; i++)
        {
            Assert.NotNull(_correlator.Admit(Event("x", name: $"{i}")));
        }

        Assert.Null(_correlator.Admit(Event("x", name: "19999")));
        Assert.NotNull(_correlator.Admit(Event("x", name: "0")));
    }

    [Fact]
    public void An_object_made_anew_under_its_name_is_another() =>
        Assert.True(_correlator.Admit(Event("x"))!.IsNew && _correlator.Admit(Event("x", uid: "2"))!.IsNew);

    internal static EventRecord Event(string message, string name = "app", string uid = "1") => new(
        new EventSubject(new GroupVersionKind("example.com", "v1", "Test"), new ObjectKey("default", name), uid, "5"),
        EventType.Warning, "Failed", message, new Dictionary<string, string> { ["example.com/revision"] = "main@sha1:1" });
}

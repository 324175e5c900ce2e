using System.Diagnostics.Metrics;
using System.Net;
using GitOpsToolkit.Hosting.Http;
using GitOpsToolkit.Hosting.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GitOpsToolkit.Hosting.Tests;

public sealed class MetricsTests : IDisposable
{
    private readonly MetricsCollector _collector = new();
    private readonly Meter _meter = new(MetricsCollector.MeterName);

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_counter_adds_up_by_label_set()
    {
        var counter = _meter.CreateCounter<long>("test_events_total", description: "Events.\nSecond line");
        counter.Add(1, new("kind", "A"), new("name", "x"));
        counter.Add(2, new("name", "x"), new("kind", "A"));
        counter.Add(5, new("kind", "B"), new("name", "say \"hi\"\\"));

        var lines = Lines("test_events_total");

        Assert.Equal(
            [
                "# HELP test_events_total Events.\\nSecond line",
                "# TYPE test_events_total counter",
                "test_events_total{kind=\"A\",name=\"x\"} 3",
                "test_events_total{kind=\"B\",name=\"say \\\"hi\\\"\\\\\"} 5",
            ],
            lines);
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_with_the_boundaries_it_asked_for()
    {
        var histogram = _meter.CreateHistogram(
            "test_seconds", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1, 10] });
        foreach (var value in (double[])[0.05, 0.1, 0.5, 99])
        {
            histogram.Record(value);
        }

        Assert.Equal(
            [
                "# HELP test_seconds ",
                "# TYPE test_seconds histogram",
                "test_seconds_bucket{le=\"0.1\"} 2",
                "test_seconds_bucket{le=\"1\"} 3",
                "test_seconds_bucket{le=\"10\"} 3",
                "test_seconds_bucket{le=\"+Inf\"} 4",
                "test_seconds_sum 99.65",
                "test_seconds_count 4",
            ],
            Lines("test_seconds"));
    }

    [Fact]
    public void Gauges_go_down_and_observed_ones_are_read_at_each_scrape()
    {
        var depth = _meter.CreateUpDownCounter<int>("test_depth");
        var observed = 1.5;
        _meter.CreateObservableGauge("test_observed", () => observed);
        depth.Add(3);
        depth.Add(-2);

        Assert.Contains("test_depth 1", Lines("test_depth"));
        Assert.Contains("test_observed 1.5", Lines("test_observed"));
        observed = double.PositiveInfinity;
        Assert.Contains("test_observed +Inf", Lines("test_observed"));
    }

    [Fact]
    public void Other_meters_are_not_ours_to_publish()
    {
        using var other = new Meter("Somebody.Else");
        other.CreateCounter<long>("test_foreign_total").Add(1);

        Assert.Empty(Lines("test_foreign_total"));
    }

    [Fact]
    public void The_process_tells_its_memory_and_time()
    {
        using var process = new ProcessMetrics();

        Assert.True(Value("process_resident_memory_bytes") > 1_000_000);
        Assert.True(Value("process_start_time_seconds") > 1_500_000_000);
        Assert.True(Value("process_cpu_seconds_total") > 0);
    }

    [Fact]
    public async Task Metrics_and_probes_are_served_and_readiness_follows_the_parts()
    {
        var health = new HealthState();
        health.WaitFor("source-controller");
        await using var server = new ManagementServer([new IPEndPoint(IPAddress.Loopback, 0)], _collector, health, NullLoggerFactory.Instance);
        await server.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = Assert.Single(server.Urls) };
        _meter.CreateCounter<long>("test_served_total").Add(1);

        var metrics = await http.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", metrics.Content.Headers.ContentType!.ToString());
        Assert.Contains("test_served_total 1", await metrics.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/healthz", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/readyz", TestContext.Current.CancellationToken)).StatusCode);

        health.Started("source-controller");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/readyz", TestContext.Current.CancellationToken)).StatusCode);

        health.Failed();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/healthz", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/other", TestContext.Current.CancellationToken)).StatusCode);
        await server.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(":8080", "[::]:8080")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("localhost:9440", "127.0.0.1:9440")]
    [InlineData("[::1]:80", "[::1]:80")]
    [InlineData("0", null)]
    [InlineData("", null)]
    public void Go_listen_addresses_are_read(string text, string? expected)
    {
        Assert.True(ListenAddress.TryParse(text, out var endpoint));
        Assert.Equal(expected, endpoint?.ToString());
    }

    [Theory]
    [InlineData("8080")]
    [InlineData(":70000")]
    [InlineData("example.com:80")]
    [InlineData(":")]
    public void What_is_no_address_is_refused(string text) => Assert.False(ListenAddress.TryParse(text, out _));

    private string[] Lines(string metric) =>
        [.. _collector.Collect().Split('\n').Where(line => line.Split(' ', '{')[0].StartsWith(metric) || line.StartsWith($"# HELP {metric} ") || line.StartsWith($"# TYPE {metric} "))];

    private double Value(string metric) => double.Parse(Lines(metric).Last().Split(' ')[^1]);
}

using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using GitOpsToolkit.Hosting.Leases;
using GitOpsToolkit.Hosting.Options;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Sandbox.ApiServer;
using GitOpsToolkit.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GitOpsToolkit.Hosting.Tests;

/// <summary>Two replicas against a real API server over HTTP, with short leases and the real clock.</summary>
public sealed class LeaderElectorTests : IAsyncLifetime
{
    private static readonly ResourcePath Lease = new("coordination.k8s.io", "v1", "leases", "default", "test-leader-election");

    private readonly TempDirectory _state = new();
    private ApiServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await StartServerAsync(0);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _state.Dispose();
    }

    [Fact]
    public async Task One_leads_the_other_waits_and_a_clean_stop_hands_over_at_once()
    {
        using var stopFirst = new CancellationTokenSource();
        using var stopSecond = new CancellationTokenSource();
        // A lease so long that only a release explains a hand-over within the test.
        var first = new Replica(Elector("first", lease: 600));
        var second = new Replica(Elector("second", lease: 600));
        var firstRun = first.RunAsync(stopFirst.Token);
        await Eventually.TrueAsync(() => first.Leads, "the first leads");
        var secondRun = second.RunAsync(stopSecond.Token);
        await Eventually.TrueAsync(async () => (string?)(await SpecAsync())["holderIdentity"] == "first", "the lease names the first");
        Assert.False(second.Leads);

        await stopFirst.CancelAsync();
        await firstRun;

        await Eventually.TrueAsync(() => second.Leads, "the second leads");
        Assert.False(first.Leads);
        var spec = await SpecAsync();
        Assert.Equal("second", (string?)spec["holderIdentity"]);
        Assert.Equal(1, (int)spec["leaseTransitions"]!);
        Assert.Equal(600, (int)spec["leaseDurationSeconds"]!);
        await stopSecond.CancelAsync();
        await secondRun;
        Assert.Equal("", (string?)(await SpecAsync())["holderIdentity"]);
    }

    [Fact]
    public async Task A_dead_leader_is_followed_when_its_lease_has_run_out_and_not_before()
    {
        await Client().CreateAsync(Lease, LeaseOf("dead", seconds: 2), null, Cancel);
        using var stop = new CancellationTokenSource();
        var begun = TimeProvider.System.GetTimestamp();
        var replica = new Replica(Elector("heir"));
        var run = replica.RunAsync(stop.Token);

        await Eventually.TrueAsync(() => replica.Leads, "the heir leads");

        Assert.True(TimeProvider.System.GetElapsedTime(begun) >= TimeSpan.FromSeconds(2), "it did not wait for the lease to run out");
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task A_leader_that_cannot_reach_the_server_stops_within_the_renew_deadline_and_leads_again_later()
    {
        var port = _server.Url.Port;
        using var stop = new CancellationTokenSource();
        var replica = new Replica(Elector("only"));
        var run = replica.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => replica.Leads, "it leads");

        await _server.DisposeAsync();
        await Eventually.TrueAsync(() => !replica.Leads, "it stops leading without the server");
        Assert.False(run.IsCompleted, "the election itself goes on");

        // A connection of somebody else may have the port for a moment.
        _server = await Eventually.GetAsync(async () => await StartServerAsync(port), "the server is there again");
        await Eventually.TrueAsync(() => replica.Leads, "it leads again");
        Assert.True(replica.Terms >= 2);
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task A_lease_that_was_taken_away_ends_the_term()
    {
        using var stop = new CancellationTokenSource();
        var replica = new Replica(Elector("robbed"));
        var run = replica.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => replica.Leads, "it leads");

        await Client().MergePatchAsync(
            Lease, new JsonObject { ["spec"] = new JsonObject { ["holderIdentity"] = "robber", ["leaseDurationSeconds"] = 600 } }, null, Cancel);

        await Eventually.TrueAsync(() => !replica.Leads, "it notices");
        Assert.Equal("robber", (string?)(await SpecAsync())["holderIdentity"]);
        await stop.CancelAsync();
        await run;
        Assert.Equal("robber", (string?)(await SpecAsync())["holderIdentity"]);
    }

    [Fact]
    public async Task The_failure_of_the_work_ends_the_election()
    {
        var elector = Elector("failing");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => elector.RunAsync(_ => throw new InvalidOperationException("broken"), Cancel));

        Assert.Equal("broken", error.Message);
        Assert.False(elector.IsLeader);
    }

    [Theory]
    [InlineData(10, 10, 1, "lease duration")]
    [InlineData(10, 5, 5, "renew deadline")]
    [InlineData(10, 5, 0, "retry period")]
    public void Durations_that_do_not_fit_are_refused(int lease, int renew, int retry, string named)
    {
        var options = new LeaderElectionOptions
        {
            Namespace = "default",
            Name = "x",
            Identity = "x",
            LeaseDuration = TimeSpan.FromSeconds(lease),
            RenewDeadline = TimeSpan.FromSeconds(renew),
            RetryPeriod = TimeSpan.FromSeconds(retry),
        };

        var error = Assert.Throws<ArgumentException>(
            () => new LeaderElector(Client(), options, TimeProvider.System, NullLogger<LeaderElector>.Instance));

        Assert.Contains(named, error.Message);
    }

    private static JsonObject LeaseOf(string holder, int seconds) => new()
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new JsonObject { ["name"] = Lease.Name, ["namespace"] = Lease.Namespace },
        ["spec"] = new JsonObject
        {
            ["holderIdentity"] = holder,
            ["leaseDurationSeconds"] = seconds,
            // A clock that is far off: only our own counts.
            ["renewTime"] = "2001-01-01T00:00:00.000000Z",
        },
    };

    private Task<ApiServer> StartServerAsync(int port) =>
        ApiServer.StartAsync(new ApiServerOptions { StateDirectory = _state.Path, Port = port }, Cancel);

    private KubeClient Client() => KubeConnection.ToServer(
        _server.Url, _server.Token, [X509Certificate2.CreateFromPem(_server.CertificateAuthorityPem)], new KubeClientOptions { Retries = 0 });

    private LeaderElector Elector(string identity, int lease = 3) => new(
        Client(),
        new LeaderElectionOptions
        {
            Namespace = "default",
            Name = Lease.Name!,
            Identity = identity,
            LeaseDuration = TimeSpan.FromSeconds(lease),
            RenewDeadline = TimeSpan.FromSeconds(lease / 2.0),

            // Also the time that a release may take, which the long lease depends on.
            RetryPeriod = lease > 60 ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(100),
        },
        TimeProvider.System,
        NullLogger<LeaderElector>.Instance);

    private async Task<JsonNode> SpecAsync() => (await Client().GetAsync(Lease, Cancel))!["spec"]!;

    private sealed class Replica(LeaderElector elector)
    {
        public bool Leads { get; private set; }

        public int Terms { get; private set; }

        public Task RunAsync(CancellationToken stop) => elector.RunAsync(LeadAsync, stop);

        private async Task LeadAsync(CancellationToken term)
        {
            Terms++;
            Leads = true;
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, term);
            }
            finally
            {
                Leads = false;
            }
        }
    }
}

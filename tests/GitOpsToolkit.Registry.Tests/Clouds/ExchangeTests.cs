using GitOpsToolkit.Connections;
using Xunit;
using static GitOpsToolkit.Registry.Tests.Harness;

namespace GitOpsToolkit.Registry.Tests.Clouds;

/// <summary>How often an identity is exchanged.</summary>
public sealed class ExchangeTests
{
    private const string EcrUrl = "https://api.ecr.eu-west-1.amazonaws.com/";

    private readonly FakeClouds clouds = new();
    private int exchanges;

    public ExchangeTests()
    {
        clouds.Variables["AWS_ACCESS_KEY_ID"] = "AKIA1";
        clouds.Variables["AWS_SECRET_ACCESS_KEY"] = "CANARY";
        clouds.On(EcrUrl, _ => (200, clouds.Ecr($"password-{Interlocked.Increment(ref exchanges)}")));
    }

    [Fact]
    public async Task Ten_thousand_scans_by_a_hundred_workers_make_one_exchange_a_lifetime()
    {
        using var login = clouds.Login();
        for (var lifetime = 1; lifetime <= 3; lifetime++)
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, 10_000), new ParallelOptions { MaxDegreeOfParallelism = 100 }, async (number, cancellation) =>
            {
                var credential = await login.GetAsync("aws", Ecr($"app-{number % 50}"), null, null, null, cancellation);
                Assert.Equal($"password-{lifetime}", credential.Password);
            });
            Assert.Equal(lifetime, exchanges);

            // Twelve hours, refreshed when a fifth of them is left.
            clouds.Time.Advance(TimeSpan.FromHours(9.5));
            await login.GetAsync("aws", Ecr("app"), null, null, null, CancellationToken.None);
            Assert.Equal(lifetime, exchanges);
            clouds.Time.Advance(TimeSpan.FromHours(0.2));
        }
    }

    [Fact]
    public async Task A_refused_credential_is_exchanged_once_for_all_who_were_refused_and_not_while_it_is_young()
    {
        using var login = clouds.Login();
        var first = await login.GetAsync("aws", Ecr("app"), null, null, null, CancellationToken.None);
        Assert.Equal(first, await login.GetAsync("aws", Ecr("app"), null, null, refused: first, CancellationToken.None));
        clouds.Time.Advance(TimeSpan.FromMinutes(2));
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), async (_, cancellation) =>
        {
            var second = await login.GetAsync("aws", Ecr("app"), null, null, refused: first, cancellation);
            Assert.Equal("password-2", second.Password);
        });
        Assert.Equal(2, exchanges);
    }

    [Fact]
    public async Task A_failing_exchange_is_not_tried_by_everybody()
    {
        var tries = 0;
        clouds.On(EcrUrl, _ =>
        {
            Interlocked.Increment(ref tries);
            return (503, "");
        });
        using var login = clouds.Login();
        for (var i = 0; i < 100; i++)
        {
            var fault = await FaultAsync(() => login.GetAsync("aws", Ecr("app"), null, null, null, CancellationToken.None));
            Assert.Equal(RegistryFault.Unreachable, fault.Fault);
        }

        Assert.Equal(1, tries);
        clouds.Time.Advance(TimeSpan.FromSeconds(6));
        await FaultAsync(() => login.GetAsync("aws", Ecr("app"), null, null, null, CancellationToken.None));
        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task Regions_proxies_accounts_and_their_annotations_have_credentials_of_their_own()
    {
        clouds.On("https://api.ecr.us-east-2.amazonaws.com/", _ => (200, clouds.Ecr($"password-{Interlocked.Increment(ref exchanges)}")))
            .On("https://sts.eu-west-1.amazonaws.com/", FakeClouds.Sts());
        using var login = clouds.Login();
        var data = new Dictionary<string, byte[]> { ["address"] = "http://proxy.test:3128"u8.ToArray() };
        Assert.True(ProxySettings.TryRead(data, out var proxy, out _));
        var one = clouds.Account(("eks.amazonaws.com/role-arn", "arn:aws:iam::1:role/one"));
        var other = clouds.Account(("eks.amazonaws.com/role-arn", "arn:aws:iam::1:role/other"));
        for (var round = 0; round < 2; round++)
        {
            var found = new[]
            {
                await login.GetAsync("aws", Ecr("app"), null, null, null, CancellationToken.None),
                await login.GetAsync("aws", Ecr("app", "us-east-2"), null, null, null, CancellationToken.None),
                await login.GetAsync("aws", Ecr("app"), null, proxy, null, CancellationToken.None),
                await login.GetAsync("aws", Ecr("app"), one, null, null, CancellationToken.None),
                await login.GetAsync("aws", Ecr("app"), other, null, null, CancellationToken.None),
            };
            Assert.Equal(["password-1", "password-2", "password-3", "password-4", "password-5"], found.Select(credential => credential.Password));
        }
    }

    [Fact]
    public async Task A_service_that_is_away_is_unreachable()
    {
        using var login = new Registry.Clouds.CloudLogin(
            new Registry.Clouds.CloudEnvironment(
                new Dictionary<string, string>(clouds.Variables) { ["AWS_ENDPOINT_URL_ECR"] = "http://127.0.0.1:1/" }, (_, _) => Task.FromResult("")),
            TimeProvider.System);
        var fault = await FaultAsync(() => login.GetAsync("aws", Ecr("app"), null, null, null, CancellationToken.None));
        Assert.Equal(RegistryFault.Unreachable, fault.Fault);
        Assert.StartsWith("POST http://127.0.0.1:1/: no connection:", fault.Message, StringComparison.Ordinal);
    }

    private static ImageName Ecr(string repository, string region = "eu-west-1") => Image($"123456789012.dkr.ecr.{region}.amazonaws.com", repository);
}

using System.Collections.Concurrent;
using System.Net;
using System.Text;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Registry.Clouds;
using GitOpsToolkit.Sandbox.Registry;
using GitOpsToolkit.TestKit;
using Xunit;
using static GitOpsToolkit.Controllers.ImageReflector.Tests.ReflectorHost;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Access;

/// <summary>spec.provider: the cloud's services are fakes, the registry and the ServiceAccounts are not.</summary>
public sealed class CloudTests
{
    private const string Ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

    private static Api.Schema.ResourceKind Kind => ImageRepository.ResourceKind;

    [Fact]
    public async Task The_controllers_identity_logs_in_and_a_refused_password_is_exchanged_anew()
    {
        var aws = new FakeAws { Password = "outdated" };
        await using var host = await StartAsync(RegistryAuthentication.Basic, run: false);
        await host.PushAsync("v1");
        using var proxy = new TestProxy(target: host.Registry.Url.Port);
        await host.SetSecretAsync("proxy", ("address", $"http://127.0.0.1:{proxy.Port}"));
        host.StartController(Options(aws));
        await host.CreateRepositoryAsync("provider: aws\ninsecure: true\nproxySecretRef: {name: proxy}", image: $"{Ecr}/app");
        var refused = await host.NotReadyAsync(Kind, "AuthenticationFailed");
        Assert.Contains("401 Unauthorized", Message(refused), StringComparison.Ordinal);
        Assert.DoesNotContain("outdated", refused.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["api.ecr.eu-west-1.amazonaws.com"], aws.Hosts);
        Assert.All(aws.Proxies, used => Assert.Contains($":{proxy.Port}", used, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_account_logs_in_with_a_token_that_the_API_server_issued()
    {
        var aws = new FakeAws { Password = Password };
        await using var host = await StartAsync(RegistryAuthentication.Basic, run: false);
        await host.PushAsync("v1");
        using var proxy = new TestProxy(target: host.Registry.Url.Port);
        await host.SetSecretAsync("proxy", ("address", $"http://127.0.0.1:{proxy.Port}"));
        host.StartController(Options(aws) with { ObjectLevelWorkloadIdentity = true, DefaultServiceAccount = "nobody" });
        await host.CreateRepositoryAsync(
            "provider: aws\nserviceAccountName: puller\ninsecure: true\nproxySecretRef: {name: proxy}", image: $"{Ecr}/app");
        await FaultAsync("serviceaccount 'default/puller' of spec.serviceAccountName not found");
        await host.CreateAccountAsync("puller", ("eks.amazonaws.com/role-arn", "arn:aws:iam::1:role/puller"));
        await host.RequestAsync(Kind, "1");
        await host.ReadyAsync(Kind);
        Assert.Equal(["sts.eu-west-1.amazonaws.com", "api.ecr.eu-west-1.amazonaws.com"], aws.Hosts);
        var claims = aws.Tokens.Single().Split('.')[1];
        var json = Encoding.UTF8.GetString(Convert.FromBase64String(claims.Replace('-', '+').Replace('_', '/').PadRight((claims.Length + 3) / 4 * 4, '=')));
        Assert.Contains("\"system:serviceaccount:default:puller\"", json, StringComparison.Ordinal);
        Assert.Contains("sts.amazonaws.com", json, StringComparison.Ordinal);

        // An object that names no account has the default one or nothing, never the controller's identity.
        await host.CreateRepositoryAsync("provider: aws\ninsecure: true", "other", image: $"{Ecr}/app");
        var other = await host.NotReadyAsync(Kind, "AuthenticationFailed", "other");
        Assert.Equal("serviceaccount 'default/nobody' of --default-service-account not found", Message(other));

        async Task FaultAsync(string message) => Assert.Equal(message, Message(await host.NotReadyAsync(Kind, "AuthenticationFailed")));
    }

    [Theory]
    [InlineData("aws", "is no registry of AWS")]
    [InlineData("azure", "is no registry of Azure")]
    [InlineData("gcp", "is no registry of Google")]
    public async Task A_registry_of_somebody_else_gets_nothing(string provider, string message)
    {
        var aws = new FakeAws { Password = Password };
        await using var host = await StartAsync(options: Options(aws));
        await host.CreateRepositoryAsync($"provider: {provider}", image: "ghcr.io/team/app");
        Assert.Contains(message, Message(await host.NotReadyAsync(Kind, "AuthenticationFailed")), StringComparison.Ordinal);
        Assert.Empty(aws.Hosts);
    }

    private static ImageReflectorOptions Options(FakeAws aws) => new()
    {
        Cloud = new CloudEnvironment(
            new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = "AKIA1", ["AWS_SECRET_ACCESS_KEY"] = "CANARY" }, (_, _) => Task.FromResult("")),
        CloudHandlers = proxy =>
        {
            aws.Proxies.Add($"{proxy}");
            return aws;
        },
    };

    /// <summary>STS and ECR, as far as a login needs them; the user is that of the test's registry.</summary>
    private sealed class FakeAws : HttpMessageHandler
    {
        internal required string Password { get; init; }

        internal ConcurrentQueue<string> Hosts { get; } = new();

        internal ConcurrentQueue<string> Tokens { get; } = new();

        internal ConcurrentBag<string> Proxies { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var form = await request.Content!.ReadAsStringAsync(cancellationToken);
            Hosts.Enqueue(request.RequestUri!.Host);
            if (!request.RequestUri.Host.StartsWith("sts.", StringComparison.Ordinal))
            {
                var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));
                return Json($$"""{"authorizationData":[{"authorizationToken":"{{pair}}","expiresAt":4102444800}]}""");
            }

            Tokens.Enqueue(WebUtility.UrlDecode(form.Split('&').Single(one => one.StartsWith("WebIdentityToken=", StringComparison.Ordinal)).Split('=', 2)[1]));
            return Json("""
                <r><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>CANARY</SecretAccessKey><SessionToken>CANARY</SessionToken>
                <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></r>
                """);
        }

        private static HttpResponseMessage Json(string body) => new(HttpStatusCode.OK) { Content = new StringContent(body) };
    }
}

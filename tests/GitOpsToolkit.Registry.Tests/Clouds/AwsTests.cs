using GitOpsToolkit.Registry.Clouds;
using Xunit;
using static GitOpsToolkit.Registry.Tests.Harness;

namespace GitOpsToolkit.Registry.Tests.Clouds;

public sealed class AwsTests
{
    private const string Host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    private const string EcrUrl = "https://api.ecr.eu-west-1.amazonaws.com/";
    private const string StsUrl = "https://sts.eu-west-1.amazonaws.com/";

    private readonly FakeClouds clouds = new();

    public AwsTests() => clouds.On(EcrUrl, clouds.Ecr("password-1"));

    [Fact]
    public void Requests_are_signed_as_AWS_publishes_it()
    {
        var keys = new AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", SessionToken: null);
        var at = new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);
        using var plain = new HttpRequestMessage(HttpMethod.Get, "https://example.amazonaws.com/");
        AwsSignature.Sign(plain, [], keys, "us-east-1", "service", at);
        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
            + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            plain.Headers.NonValidated["Authorization"].ToString());

        using var users = new HttpRequestMessage(HttpMethod.Get, "https://iam.amazonaws.com/?Version=2010-05-08&Action=ListUsers");
        users.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        users.Content = new ByteArrayContent([]);
        users.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        AwsSignature.Sign(users, [], keys, "us-east-1", "iam", at);
        Assert.EndsWith(
            "SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            users.Headers.NonValidated["Authorization"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_the_environment_are_exchanged_for_a_password()
    {
        clouds.Variables["AWS_ACCESS_KEY_ID"] = "AKIA1";
        clouds.Variables["AWS_SECRET_ACCESS_KEY"] = "CANARY";
        clouds.Variables["AWS_SESSION_TOKEN"] = "session-1";

        Assert.Equal(new RegistryCredential("AWS", "password-1"), await GetAsync());

        var asked = Assert.Single(clouds.Requests);
        Assert.Equal("AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken", asked["X-Amz-Target"]);
        Assert.Equal("application/x-amz-json-1.1", asked["Content-Type"]);
        Assert.Equal("session-1", asked["X-Amz-Security-Token"]);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIA1/20261101/eu-west-1/ecr/aws4_request, "
            + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=", asked["Authorization"], StringComparison.Ordinal);
        Assert.Equal("{}", asked.Body);
    }

    [Fact]
    public async Task The_controllers_role_is_assumed_by_its_web_identity()
    {
        clouds.Variables["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/controller";
        clouds.Variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
        clouds.Files["/token"] = "web-token\n";
        clouds.On(StsUrl, FakeClouds.Sts());
        await GetAsync();
        var sts = clouds.Asked(StsUrl);
        Assert.Equal(("AssumeRoleWithWebIdentity", "arn:aws:iam::1:role/controller", "web-token"), (sts.Form("Action"), sts.Form("RoleArn"), sts.Form("WebIdentityToken")));
        Assert.Equal("CANARY-session", clouds.Asked(EcrUrl)["X-Amz-Security-Token"]);
    }

    [Fact]
    public async Task A_service_accounts_role_is_assumed_by_its_token()
    {
        clouds.On(StsUrl, FakeClouds.Sts());
        await GetAsync(clouds.Account(("eks.amazonaws.com/role-arn", "arn:aws:iam::1:role/puller")));
        Assert.Equal(["sts.amazonaws.com"], clouds.Audiences);
        var sts = clouds.Asked(StsUrl);
        Assert.Equal(("arn:aws:iam::1:role/puller", "puller.apps.eu-west-1", "CANARY-account-token"), (sts.Form("RoleArn"), sts.Form("RoleSessionName"), sts.Form("WebIdentityToken")));
        var fault = await FaultAsync(() => GetAsync(clouds.Account()));
        Assert.Contains("serviceaccount 'apps/puller': the annotation eks.amazonaws.com/role-arn is no ARN", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pods_identity_comes_from_the_agent_of_the_node()
    {
        clouds.Variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://169.254.170.23/v1/credentials";
        clouds.Variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/pod-token";
        clouds.Files["/pod-token"] = "pod-token";
        clouds.On("http://169.254.170.23/v1/credentials",
            request => request["Authorization"] == "pod-token" ? (200, Keys) : (401, ""));
        await GetAsync();
        Assert.Contains("Credential=ASIA2/", clouds.Asked(EcrUrl)["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_machines_role_comes_from_its_metadata_version_2()
    {
        const string Root = "http://169.254.169.254/latest";
        clouds.On($"{Root}/api/token", request => request.Method == "PUT" ? (200, "imds-token") : (405, ""))
            .On($"{Root}/meta-data/iam/security-credentials/", request => request["X-aws-ec2-metadata-token"] == "imds-token" ? (200, "node-role\n") : (401, ""))
            .On($"{Root}/meta-data/iam/security-credentials/node-role", request => request["X-aws-ec2-metadata-token"] == "imds-token" ? (200, Keys) : (401, ""));
        Assert.Equal("password-1", (await GetAsync()).Password);
        Assert.Equal(4, clouds.Requests.Count);
    }

    [Theory]
    [InlineData("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "https://ecr-fips.us-gov-west-1.amazonaws.com/", "ecr")]
    [InlineData("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "https://api.ecr.cn-north-1.amazonaws.com.cn/", "ecr")]
    [InlineData("123456789012.dkr-ecr.eu-west-1.on.aws", "https://api.ecr.eu-west-1.amazonaws.com/", "ecr")]
    [InlineData("public.ecr.aws", "https://api.ecr-public.us-east-1.amazonaws.com/", "ecr-public")]
    public async Task Each_kind_of_registry_has_its_service(string host, string url, string service)
    {
        clouds.Variables["AWS_ACCESS_KEY_ID"] = "AKIA1";
        clouds.Variables["AWS_SECRET_ACCESS_KEY"] = "CANARY";
        clouds.On(url, host.StartsWith("public", StringComparison.Ordinal)
            ? clouds.Ecr("password-1").Replace("[{", "{", StringComparison.Ordinal).Replace("}]", "}", StringComparison.Ordinal)
            : clouds.Ecr("password-1"));
        using var login = clouds.Login();
        Assert.Equal("password-1", (await login.GetAsync("aws", Image(host), null, null, null, CancellationToken.None)).Password);
        Assert.Contains($"/{service}/aws4_request", Assert.Single(clouds.Requests)["Authorization"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.com")]
    [InlineData("evil.com.123456789012.dkr.ecr.eu-west-1.amazonaws.com")]
    [InlineData("123456789012.dkr.ecr.evil.com:443")]
    [InlineData("123456789012xdkr.ecr.eu-west-1.amazonaws.com")]
    [InlineData("123456789012.dkr.ecr.eu.west.1.amazonaws.com")]
    [InlineData("ghcr.io")]
    public async Task No_other_host_gets_anything(string host)
    {
        clouds.Variables["AWS_ACCESS_KEY_ID"] = "AKIA1";
        clouds.Variables["AWS_SECRET_ACCESS_KEY"] = "CANARY";
        using var login = clouds.Login();
        var fault = await FaultAsync(() => login.GetAsync("aws", Image(host), null, null, null, CancellationToken.None));
        Assert.Equal(RegistryFault.Authentication, fault.Fault);
        Assert.Contains("is no registry of AWS", fault.Message, StringComparison.Ordinal);
        Assert.Empty(clouds.Requests);
    }

    [Fact]
    public async Task Refusals_say_what_AWS_said_and_no_secret()
    {
        clouds.On(StsUrl, request => (403,
            $"<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not allowed with {request.Form("WebIdentityToken")}</Message></Error></ErrorResponse>"));
        var account = clouds.Account(("eks.amazonaws.com/role-arn", "arn:aws:iam::1:role/puller"));
        var sts = await FaultAsync(() => GetAsync(account));
        Assert.Equal("POST https://sts.eu-west-1.amazonaws.com/: 403 Forbidden: AccessDenied: Not allowed with ***", sts.Message);

        clouds.On(StsUrl, FakeClouds.Sts()).On(EcrUrl, request => (400,
            $$"""{"__type":"InvalidSignatureException","message":"{{request["X-Amz-Security-Token"]}} is wrong"}"""));
        clouds.Time.Advance(TimeSpan.FromSeconds(10));
        var ecr = await FaultAsync(() => GetAsync(account));
        Assert.Equal("POST https://api.ecr.eu-west-1.amazonaws.com/: 400 BadRequest: InvalidSignatureException: *** is wrong", ecr.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("<x/>")]
    [InlineData("""{"authorizationData":[]}""")]
    [InlineData("""{"authorizationData":[{"authorizationToken":"%%%","expiresAt":1}]}""")]
    [InlineData("""{"authorizationData":[{"authorizationToken":"QVdT","expiresAt":1}]}""")]
    public async Task An_answer_of_another_form_is_a_fault(string body)
    {
        clouds.Variables["AWS_ACCESS_KEY_ID"] = "AKIA1";
        clouds.Variables["AWS_SECRET_ACCESS_KEY"] = "CANARY";
        clouds.On(EcrUrl, body);
        Assert.Contains("the answer is not what was asked for", (await FaultAsync(() => GetAsync())).Message, StringComparison.Ordinal);
    }

    private const string Keys = """
        {"Code":"Success","AccessKeyId":"ASIA2","SecretAccessKey":"CANARY-secret","Token":"CANARY-session","Expiration":"2026-11-01T18:00:00Z"}
        """;

    private async Task<RegistryCredential> GetAsync(CloudIdentity? identity = null)
    {
        using var login = clouds.Login();
        return await login.GetAsync("aws", Image(Host), identity, proxy: null, refused: null, CancellationToken.None);
    }
}

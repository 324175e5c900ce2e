using System.Text.Json.Nodes;
using GitOpsToolkit.Registry.Clouds;
using Xunit;
using static GitOpsToolkit.Registry.Tests.Harness;

namespace GitOpsToolkit.Registry.Tests.Clouds;

public sealed class AzureAndGoogleTests
{
    private const string Acr = "example.azurecr.io";
    private const string Exchange = $"https://{Acr}/oauth2/exchange";
    private const string Entra = "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token";
    private const string Metadata = "http://metadata.google.internal/computeMetadata/v1/";
    private const string Sts = "https://sts.googleapis.com/v1/token";
    private const string Google = "europe-docker.pkg.dev";

    private readonly FakeClouds clouds = new();

    [Fact]
    public async Task Azure_a_service_account_is_exchanged_twice()
    {
        clouds.On(Entra, """{"access_token":"CANARY-entra"}""").On(Exchange, $$"""{"refresh_token":"{{clouds.Jwt(3)}}"}""");

        var credential = await GetAsync("azure", Acr, AzureAccount());

        Assert.Equal("00000000-0000-0000-0000-000000000000", credential.Username);
        Assert.EndsWith(".CANARY-signature", credential.Password, StringComparison.Ordinal);
        Assert.Equal(["api://AzureADTokenExchange"], clouds.Audiences);
        var entra = clouds.Asked(Entra);
        Assert.Equal(
            ("client_credentials", "client-1", "CANARY-account-token", "https://containerregistry.azure.net/.default"),
            (entra.Form("grant_type"), entra.Form("client_id"), entra.Form("client_assertion"), entra.Form("scope")));
        var exchange = clouds.Asked(Exchange);
        Assert.Equal(("access_token", Acr, "CANARY-entra"), (exchange.Form("grant_type"), exchange.Form("service"), exchange.Form("access_token")));
    }

    [Fact]
    public async Task Azure_the_controller_has_a_federated_token_a_secret_or_the_machine()
    {
        clouds.On(Exchange, $$"""{"refresh_token":"{{clouds.Jwt(3)}}"}""").On(Entra, """{"access_token":"x"}""")
            .On("http://169.254.169.254/metadata/identity/oauth2/token", request => request["Metadata"] == "true" ? (200, """{"access_token":"x"}""") : (400, ""));
        await GetAsync("azure", Acr);
        Assert.Contains("resource=https%3A%2F%2Fcontainerregistry.azure.net", clouds.Requests[0].Url.Query, StringComparison.Ordinal);

        clouds.Variables["AZURE_CLIENT_ID"] = "client-1";
        clouds.Variables["AZURE_TENANT_ID"] = "tenant-1";
        clouds.Variables["AZURE_FEDERATED_TOKEN_FILE"] = "/token";
        clouds.Files["/token"] = "federated";
        await GetAsync("azure", Acr);
        Assert.Equal("federated", clouds.Asked(Entra).Form("client_assertion"));

        clouds.Variables["AZURE_CLIENT_SECRET"] = "CANARY";
        await GetAsync("azure", Acr);
        Assert.Equal("CANARY", clouds.Requests[^2].Form("client_secret"));
    }

    [Theory]
    [InlineData("azure", "x.azurecr.io.evil.com")]
    [InlineData("azure", "azurecr.io.test")]
    [InlineData("azure", "evilazurecr.io")]
    [InlineData("azure", "example.azurecr.io:444")]
    [InlineData("gcp", "gcr.io.evil.com")]
    [InlineData("gcp", "evilgcr.io")]
    [InlineData("gcp", "evil.com-docker.pkg.dev.test")]
    [InlineData("gcp", "ghcr.io")]
    public async Task No_other_host_gets_anything(string provider, string host)
    {
        var fault = await FaultAsync(() => GetAsync(provider, host));
        Assert.Equal(RegistryFault.Authentication, fault.Fault);
        Assert.Contains($"'{host}' is no registry of", fault.Message, StringComparison.Ordinal);
        Assert.Empty(clouds.Requests);
    }

    [Theory]
    [InlineData("gcr.io")]
    [InlineData("eu.gcr.io")]
    [InlineData(Google)]
    public async Task Google_the_machines_token_is_the_password(string host)
    {
        clouds.On($"{Metadata}instance/service-accounts/default/token", request =>
            request["Metadata-Flavor"] == "Google" ? (200, """{"access_token":"ya29","expires_in":3599}""") : (403, ""));
        Assert.Equal(new RegistryCredential("oauth2accesstoken", "ya29"), await GetAsync("gcp", host));
    }

    [Fact]
    public async Task Google_a_service_account_of_GKE_is_federated_by_the_clusters_name()
    {
        clouds.On($"{Metadata}project/project-id", "project-1").On($"{Metadata}instance/attributes/cluster-location", "europe-west1")
            .On($"{Metadata}instance/attributes/cluster-name", "cluster-1").On(Sts, """{"access_token":"federated","expires_in":3600}""");

        Assert.Equal("federated", (await GetAsync("gcp", Google, clouds.Account())).Password);

        Assert.Equal(["project-1.svc.id.goog"], clouds.Audiences);
        Assert.Equal(
            "identitynamespace:project-1.svc.id.goog:https://container.googleapis.com/v1/projects/project-1/locations/europe-west1/clusters/cluster-1",
            clouds.Asked(Sts).Form("audience"));
        Assert.Equal("CANARY-account-token", clouds.Asked(Sts).Form("subject_token"));
    }

    [Fact]
    public async Task Google_a_service_account_elsewhere_names_its_provider_and_whom_it_stands_for()
    {
        const string Provider = "projects/1/locations/global/workloadIdentityPools/pool/providers/cluster";
        const string Impersonate = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/puller@project-1.iam.gserviceaccount.com:generateAccessToken";
        clouds.On(Sts, """{"access_token":"federated","expires_in":3600}""").On(Impersonate, request => request["Authorization"] == "Bearer federated"
            ? (200, """{"accessToken":"impersonated","expireTime":"2026-11-01T13:00:00Z"}""")
            : (401, ""));
        var account = clouds.Account(
            ("gcp.auth.fluxcd.io/workload-identity-provider", Provider), ("iam.gke.io/gcp-service-account", "puller@project-1.iam.gserviceaccount.com"));

        Assert.Equal("impersonated", (await GetAsync("gcp", Google, account)).Password);

        Assert.Equal([$"//iam.googleapis.com/{Provider}"], clouds.Audiences);
        Assert.Equal("https://www.googleapis.com/auth/cloud-platform", (string?)JsonNode.Parse(clouds.Asked(Impersonate).Body)!["scope"]![0]);
    }

    [Theory]
    [InlineData("gcp", "iam.gke.io/gcp-service-account", "x@evil.com/../")]
    [InlineData("gcp", "gcp.auth.fluxcd.io/workload-identity-provider", "projects/1")]
    [InlineData("azure", "azure.workload.identity/client-id", "client-1")]
    public async Task An_annotation_that_is_wrong_or_missing_is_named(string provider, string annotation, string value)
    {
        clouds.On(Sts, """{"access_token":"federated","expires_in":3600}""").On($"{Metadata}project/project-id", "p")
            .On($"{Metadata}instance/attributes/cluster-location", "l").On($"{Metadata}instance/attributes/cluster-name", "c");
        var fault = await FaultAsync(() => GetAsync(provider, provider == "gcp" ? Google : Acr, clouds.Account((annotation, value))));
        Assert.Equal(RegistryFault.Authentication, fault.Fault);
        Assert.StartsWith("serviceaccount 'apps/puller'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_say_what_was_said_and_no_secret()
    {
        clouds.On(Entra, request => (401, $$"""{"error":"invalid_client","error_description":"AADSTS70021 for {{request.Form("client_assertion")}}"}"""));
        var entra = await FaultAsync(() => GetAsync("azure", Acr, AzureAccount()));
        Assert.Equal($"POST {Entra}: 401 Unauthorized: invalid_client: AADSTS70021 for ***", entra.Message);

        clouds.On(Entra, """{"access_token":"CANARY-entra"}""").On(Exchange, request => (401,
            $$"""{"errors":[],"message":"no {{request.Form("access_token")}}"}"""));
        var acr = await FaultAsync(() => GetAsync("azure", Acr, AzureAccount()));
        Assert.Equal($"POST {Exchange}: 401 Unauthorized: no ***", acr.Message);

        clouds.On(Sts, request => (403, $$$"""{"error":{"status":"PERMISSION_DENIED","message":"{{{request.Form("subject_token")}}}"}}"""));
        var account = clouds.Account(("gcp.auth.fluxcd.io/workload-identity-provider", "projects/1/locations/global/workloadIdentityPools/a/providers/b"));
        var google = await FaultAsync(() => GetAsync("gcp", Google, account));
        Assert.Equal($"POST {Sts}: 403 Forbidden: PERMISSION_DENIED: ***", google.Message);
    }

    private CloudIdentity AzureAccount() =>
        clouds.Account(("azure.workload.identity/client-id", "client-1"), ("azure.workload.identity/tenant-id", "tenant-1"));

    private async Task<RegistryCredential> GetAsync(string provider, string host, CloudIdentity? identity = null)
    {
        using var login = clouds.Login();
        return await login.GetAsync(provider, Image(host), identity, proxy: null, refused: null, CancellationToken.None);
    }
}

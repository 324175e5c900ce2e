using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.Registry.Clouds;

/// <summary>Amazon's registries: ECR, private and public.</summary>
internal sealed class AwsCloud(CloudHttp http, CloudEnvironment environment, TimeProvider time) : ICloud
{
    private const string PublicHost = "public.ecr.aws";

    // Anchored at both ends, and a region is one label: nothing of the name can lead to another service.
    private static readonly Regex Private = new(
        @"\A[0-9]+\.dkr[.-]ecr(?<fips>-fips)?\.(?<region>[a-z0-9-]+)\."
        + @"(?<domain>amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|sc2s\.sgov\.gov|c2s\.ic\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov|on\.aws)\z",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private readonly AwsKeyChain keys = new(http, environment);

    public string Realm(ImageName image) => Parse(image).ToString();

    public async Task<TimedCredential> ExchangeAsync(CloudExchange exchange, CancellationToken cancellation)
    {
        var place = Parse(exchange.Image);
        var (found, _) = await keys.FindAsync(exchange, place.Region, place.Domain, cancellation);
        var body = "{}"u8.ToArray();
        using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint(place)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", place.IsPublic
            ? "SpencerFrontendService.GetAuthorizationToken"
            : "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken");
        AwsSignature.Sign(request, body, found, place.Region, place.IsPublic ? "ecr-public" : "ecr", time.GetUtcNow());
        return await http.JsonAsync(request, exchange.Proxy, exchange.Mask, Read, cancellation);
    }

    private static TimedCredential Read(JsonElement root)
    {
        var data = root.GetProperty("authorizationData");
        data = data.ValueKind == JsonValueKind.Array ? data[0] : data;
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(data.GetProperty("authorizationToken").GetString()!)).Split(':', 2);
        var expires = DateTimeOffset.UnixEpoch.AddSeconds(data.GetProperty("expiresAt").GetDouble());
        return new TimedCredential(new RegistryCredential(pair[0], pair[1]), expires);
    }

    private static Place Parse(ImageName image)
    {
        if (image.Registry == PublicHost)
        {
            return new Place("us-east-1", "amazonaws.com", IsFips: false, IsPublic: true);
        }

        var match = Private.Match(image.Registry);
        return match.Success
            ? new Place(
                match.Groups["region"].Value,
                match.Groups["domain"].Value is var domain && domain == "on.aws" ? "amazonaws.com" : domain,
                match.Groups["fips"].Success,
                IsPublic: false)
            : throw new RegistryException(
                RegistryFault.Authentication,
                $"'{image.Registry}' is no registry of AWS, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com or {PublicHost}; check spec.provider");
    }

    private Uri Endpoint(Place place)
    {
        var variable = place.IsPublic ? "AWS_ENDPOINT_URL_ECR_PUBLIC" : "AWS_ENDPOINT_URL_ECR";
        var service = place switch { { IsPublic: true } => "api.ecr-public", { IsFips: true } => "ecr-fips", _ => "api.ecr" };
        return new Uri(environment[variable] ?? $"https://{service}.{place.Region}.{place.Domain}/");
    }

    private sealed record Place(string Region, string Domain, bool IsFips, bool IsPublic);
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;
using GitOpsToolkit.Connections;

namespace GitOpsToolkit.Registry.Clouds;

/// <summary>
/// Finds the keys of AWS that stand for the controller, in the order of AWS's own tools: environment, web identity, container or pod
/// identity, the machine's role; or those of a ServiceAccount by its role.
/// </summary>
internal sealed class AwsKeyChain(CloudHttp http, CloudEnvironment environment)
{
    private const string RoleAnnotation = "eks.amazonaws.com/role-arn";
    private const string MachineMetadata = "http://169.254.169.254";
    private const string ContainerMetadata = "http://169.254.170.2";

    internal async Task<(AwsKeys Keys, DateTimeOffset Expires)> FindAsync(CloudExchange exchange, string region, string domain, CancellationToken cancellation)
    {
        if (exchange.Identity is { } identity)
        {
            var role = identity[RoleAnnotation] is { } arn && arn.StartsWith("arn:aws", StringComparison.Ordinal) && arn.Contains(":role/", StringComparison.Ordinal)
                ? arn
                : throw new RegistryException(
                    RegistryFault.Authentication, $"{identity}: the annotation {RoleAnnotation} is no ARN of a role, such as arn:aws:iam::123456789012:role/puller");
            var token = await identity.Token("sts.amazonaws.com", cancellation);
            return await AssumeAsync(exchange, role, $"{identity.Name}.{identity.Namespace}.{region}", token, (region, domain), cancellation);
        }

        if (environment["AWS_ACCESS_KEY_ID"] is { } key && environment["AWS_SECRET_ACCESS_KEY"] is { } secret)
        {
            exchange.Mask.Add(secret);
            return (new AwsKeys(key, secret, environment["AWS_SESSION_TOKEN"]), DateTimeOffset.MaxValue);
        }

        if (environment["AWS_ROLE_ARN"] is { } ownRole && environment["AWS_WEB_IDENTITY_TOKEN_FILE"] is { } file)
        {
            var session = environment["AWS_ROLE_SESSION_NAME"] ?? "gitops-toolkit";
            var token = await environment.ReadAsync(file, cancellation);
            return await AssumeAsync(exchange, ownRole, session, token, (environment["AWS_REGION"] ?? region, domain), cancellation);
        }

        var container = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
            ?? (environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] is { } relative ? $"{ContainerMetadata}{relative}" : null);
        return container is not null
            ? await FromContainerAsync(exchange, container, cancellation)
            : await FromMachineAsync(exchange, cancellation);
    }

    private async Task<(AwsKeys Keys, DateTimeOffset Expires)> AssumeAsync(
        CloudExchange exchange, string role, string session, string token, (string Region, string Domain) place, CancellationToken cancellation)
    {
        exchange.Mask.Add(token);
        var endpoint = environment["AWS_ENDPOINT_URL_STS"] ?? $"https://sts.{place.Region}.{place.Domain}/";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint));
        request.Content = new FormUrlEncodedContent(
        [
            new("Action", "AssumeRoleWithWebIdentity"),
            new("Version", "2011-06-15"),
            new("RoleArn", role),
            new("RoleSessionName", session.Length > 64 ? session[..64] : session),
            new("WebIdentityToken", token),
        ]);
        var body = await http.SendAsync(request, exchange.Proxy, exchange.Mask, cancellation);
        try
        {
            var fields = CloudHttp.ParseXml(body).Descendants().Where(node => !node.HasElements)
                .GroupBy(node => node.Name.LocalName, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Value, StringComparer.Ordinal);
            return (Keys(exchange, fields["AccessKeyId"], fields["SecretAccessKey"], fields["SessionToken"]), Time(fields["Expiration"]));
        }
        catch (Exception error) when (error is XmlException or KeyNotFoundException or FormatException)
        {
            throw new RegistryException(RegistryFault.Protocol, $"POST {endpoint}: the answer holds no credentials", error);
        }
    }

    private async Task<(AwsKeys Keys, DateTimeOffset Expires)> FromContainerAsync(CloudExchange exchange, string address, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address));
        var token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] is { } file
            ? await environment.ReadAsync(file, cancellation)
            : environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
        if (token is not null)
        {
            exchange.Mask.Add(token);
            request.Headers.TryAddWithoutValidation("Authorization", token);
        }

        // The agent is on the node: no proxy leads there.
        return await http.JsonAsync(request, ProxySettings.None, exchange.Mask, root => Read(exchange, root), cancellation);
    }

    private async Task<(AwsKeys Keys, DateTimeOffset Expires)> FromMachineAsync(CloudExchange exchange, CancellationToken cancellation)
    {
        var root = new Uri(environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? MachineMetadata);
        using var put = new HttpRequestMessage(HttpMethod.Put, new Uri(root, "/latest/api/token"));
        put.Headers.Add("X-aws-ec2-metadata-token-ttl-seconds", "300");
        var session = Encoding.UTF8.GetString(await http.SendAsync(put, ProxySettings.None, exchange.Mask, cancellation)).Trim();
        exchange.Mask.Add(session);
        const string Path = "/latest/meta-data/iam/security-credentials/";
        using var first = Get(Path);
        var role = Encoding.UTF8.GetString(await http.SendAsync(first, ProxySettings.None, exchange.Mask, cancellation)).Split('\n')[0].Trim();
        using var second = Get($"{Path}{Uri.EscapeDataString(role)}");
        return await http.JsonAsync(second, ProxySettings.None, exchange.Mask, element => Read(exchange, element), cancellation);

        HttpRequestMessage Get(string path)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, new Uri(root, path));
            request.Headers.Add("X-aws-ec2-metadata-token", session);
            return request;
        }
    }

    private static (AwsKeys Keys, DateTimeOffset Expires) Read(CloudExchange exchange, JsonElement root)
    {
        return (Keys(exchange, Text("AccessKeyId"), Text("SecretAccessKey"), Text("Token")), Time(Text("Expiration")));

        string Text(string name) => root.GetProperty(name).GetString()!;
    }

    private static AwsKeys Keys(CloudExchange exchange, string key, string secret, string? session)
    {
        exchange.Mask.Add(secret);
        exchange.Mask.Add(session);
        return new AwsKeys(key, secret, session);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}

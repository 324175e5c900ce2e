using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Running;

/// <summary>A server that cases are sent to.</summary>
internal sealed class Target : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private readonly HttpClient http;
    private readonly string token;

    private Target(string name, HttpClient http, string token, Version version)
    {
        Name = name;
        this.http = http;
        this.token = token;
        Version = version;
    }

    public string Name { get; }

    public Version Version { get; }

    public Uri Address => http.BaseAddress!;

    /// <summary>Whether there are namespaces to make: a server of custom resources alone takes any name.</summary>
    public bool HasNamespaces { get; init; } = true;

    /// <summary>Whether a controller manager fills new namespaces.</summary>
    public bool FillsNamespaces { get; private set; }

    /// <summary>Reaches a server, asks for its version and tries out a namespace.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="address">Where it is.</param>
    /// <param name="handler">Trusts it.</param>
    /// <param name="token">The administrator's.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="hasNamespaces">See <see cref="HasNamespaces"/>.</param>
    public static async Task<Target> ConnectAsync(
        string name, Uri address, SocketsHttpHandler handler, string token, CancellationToken ct, bool hasNamespaces = true)
    {
        handler.AutomaticDecompression = DecompressionMethods.None;
        handler.AllowAutoRedirect = false;
        var client = new HttpClient(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "version"));
        request.Headers.Authorization = new("Bearer", token);
        using var response = await client.SendAsync(request, ct);
        var version = JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(ct))!["gitVersion"]!.ToString();
        return new(name, client, token, Version.Parse(version.TrimStart('v').Split('-', '+')[0])) { HasNamespaces = hasNamespaces };
    }

    /// <summary>A handler that trusts what these authorities signed.</summary>
    public static SocketsHttpHandler Trusting(X509Certificate2Collection authorities)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            chain!.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            return chain.Build((X509Certificate2)certificate!);
        };
        return handler;
    }

    /// <summary>Makes a namespace and waits until its controllers have filled it, so that lists in it do not change by themselves.</summary>
    public async Task CreateNamespaceAsync(string name, CancellationToken ct)
    {
        if (!HasNamespaces)
        {
            return;
        }

        var body = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } };
        using var response = await SendAsync(HttpMethod.Post, "/api/v1/namespaces", body.ToJsonString(), ct);
        if (!response.IsSuccessStatusCode)
        {
            throw new CaseFailure($"{Name}: the namespace {name} cannot be created: {await response.Content.ReadAsStringAsync(ct)}");
        }

        if (FillsNamespaces)
        {
            await FilledAsync(name, Eventually.Deadline, ct);
        }
    }

    /// <summary>Whether the server ends with the suite: then nobody tidies up, and its namespace controller has time for the cases about it.</summary>
    public bool IsPassing { get; set; }

    public async Task DeleteNamespaceAsync(string name, CancellationToken ct)
    {
        if (HasNamespaces && !IsPassing)
        {
            (await SendAsync(HttpMethod.Delete, "/api/v1/namespaces/" + name, null, ct)).Dispose();
        }
    }

    /// <summary>Finds out whether somebody fills namespaces here.</summary>
    public async Task ProbeAsync(string name, CancellationToken ct)
    {
        await CreateNamespaceAsync(name, ct);
        try
        {
            await FilledAsync(name, TimeSpan.FromSeconds(30), ct);
            FillsNamespaces = true;
        }
        catch (TimeoutException)
        {
            FillsNamespaces = false;
        }

        await DeleteNamespaceAsync(name, ct);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string? bearer, CancellationToken ct)
    {
        if ((bearer ?? token) is { Length: > 0 } used)
        {
            request.Headers.Authorization = new("Bearer", used);
        }

        if (!request.Headers.Contains("User-Agent"))
        {
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("fidelity", "1.0"));
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(Deadline);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, path));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await SendAsync(request, null, ct);
    }

    private async Task FilledAsync(string name, TimeSpan deadline, CancellationToken ct) =>
        await Eventually.TrueAsync(
            async () => await IsThereAsync($"/api/v1/namespaces/{name}/serviceaccounts/default", ct)
                && await IsThereAsync($"/api/v1/namespaces/{name}/configmaps/kube-root-ca.crt", ct),
            $"{Name}: the namespace {name} has its default ServiceAccount and kube-root-ca.crt",
            deadline);

    private async Task<bool> IsThereAsync(string path, CancellationToken ct)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, ct);
        return response.IsSuccessStatusCode;
    }
}

/// <summary>A case could not be carried through on a server.</summary>
internal sealed class CaseFailure(string message) : Exception(message);

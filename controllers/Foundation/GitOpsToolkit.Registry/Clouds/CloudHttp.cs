using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using GitOpsToolkit.Connections;

namespace GitOpsToolkit.Registry.Clouds;

/// <summary>Asks the clouds' own services: bounded, never redirected, and with faults that show no secret.</summary>
internal sealed class CloudHttp : IDisposable
{
    private const int MaxAnswer = 256 << 10;
    private const int MaxDetail = 300;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private readonly Func<ProxySettings?, HttpMessageHandler> handlers;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Dictionary<string, HttpMessageInvoker> clients = new(StringComparer.Ordinal);

    /// <param name="time">The clock of the deadline.</param>
    /// <param name="handlers">Makes the connections over a proxy; null for sockets.</param>
    internal CloudHttp(TimeProvider time, Func<ProxySettings?, HttpMessageHandler>? handlers)
    {
        this.time = time;
        this.handlers = handlers ?? (proxy => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            Proxy = proxy?.ToWebProxy(),
        });
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var client in clients.Values)
            {
                client.Dispose();
            }

            clients.Clear();
        }
    }

    /// <summary>Sends a request and returns the body of a 200.</summary>
    /// <exception cref="RegistryException">Anything else.</exception>
    internal async Task<byte[]> SendAsync(HttpRequestMessage request, ProxySettings? proxy, SecretMask mask, CancellationToken cancellation)
    {
        var what = $"{request.Method} {RegistryAnswers.Show(request.RequestUri!)}";
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            using var answer = await ClientFor(proxy).SendAsync(request, bounded.Token);
            var body = await RegistryAnswers.ReadBoundedAsync(what, answer, MaxAnswer, bounded.Token);
            return answer.IsSuccessStatusCode
                ? body
                : throw new RegistryException(
                    (int)answer.StatusCode >= 500 ? RegistryFault.Unreachable : RegistryFault.Authentication,
                    $"{what}: {(int)answer.StatusCode} {answer.StatusCode}{Detail(body, mask)}");
        }
        catch (Exception error) when (RegistryAnswers.IsTransport(error, cancellation))
        {
            throw RegistryAnswers.Unreachable(what, error);
        }
    }

    /// <summary>Sends a request and reads the JSON of its answer.</summary>
    internal async Task<T> JsonAsync<T>(
        HttpRequestMessage request, ProxySettings? proxy, SecretMask mask, Func<JsonElement, T> read, CancellationToken cancellation)
    {
        var body = await SendAsync(request, proxy, mask, cancellation);
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or IndexOutOfRangeException)
        {
            throw new RegistryException(
                RegistryFault.Protocol, $"{request.Method} {RegistryAnswers.Show(request.RequestUri!)}: the answer is not what was asked for", error);
        }
    }

    internal static XDocument ParseXml(byte[] body)
    {
        using var reader = XmlReader.Create(
            new MemoryStream(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxAnswer });
        return XDocument.Load(reader);
    }

    /// <summary>What a cloud says is wrong, in whichever of their forms.</summary>
    private static string Detail(byte[] body, SecretMask mask)
    {
        try
        {
            var text = body is [(byte)'<', ..]
                ? string.Join(": ", ParseXml(body).Descendants().Where(node => node.Name.LocalName is "Code" or "Message").Select(node => node.Value))
                : JsonDetail(body);
            text = mask.Apply(text.ReplaceLineEndings(" "));
            return text.Length == 0 ? "" : $": {(text.Length > MaxDetail ? text[..MaxDetail] : text)}";
        }
        catch (Exception error) when (error is JsonException or XmlException or InvalidOperationException)
        {
            // No body in a known form: the status line has to do.
            return "";
        }
    }

    private static string JsonDetail(byte[] body)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
        var root = document.RootElement;
        var inner = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
            ? error
            : root;
        string[] names = ["__type", "error", "status", "message", "Message", "error_description"];
        return string.Join(": ", names
            .Select(name => inner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null)
            .Where(text => !string.IsNullOrEmpty(text)));
    }

    private HttpMessageInvoker ClientFor(ProxySettings? proxy)
    {
        lock (gate)
        {
            var key = proxy?.Fingerprint ?? "";
            if (!clients.TryGetValue(key, out var client))
            {
                clients[key] = client = new HttpMessageInvoker(handlers(proxy));
            }

            return client;
        }
    }
}

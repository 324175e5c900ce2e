using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace GitOpsToolkit.Connections;

/// <summary>A proxy between us and a server. Its text form shows no credential.</summary>
public sealed class ProxySettings
{
    private const int MaxAddress = 2048;

    private static readonly string[] Schemes = ["http", "https", "socks5"];

    private const string NoScheme = "none";

    private readonly NetworkCredential? credential;

    private ProxySettings(Uri address, NetworkCredential? credential)
    {
        Address = address;
        this.credential = credential;
    }

    /// <summary>Where the proxy is, for example <c>http://proxy.example.com:3128/</c>; without user name and password.</summary>
    public Uri Address { get; }

    /// <summary>Tells proxies apart without holding a secret.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes($"{Address}\n{credential?.UserName}\n{credential?.Password}")).AsSpan(0, 16));

    /// <summary>None at all, whatever the environment says.</summary>
    public static ProxySettings None { get; } = new(new Uri($"{NoScheme}://none"), credential: null);

    /// <summary>Reads the keys <c>address</c>, <c>username</c> and <c>password</c> of a Secret.</summary>
    /// <param name="data">The values by key.</param>
    /// <param name="proxy">The proxy, or null.</param>
    /// <param name="error">What is wrong, without any of the values; or null.</param>
    public static bool TryRead(
        IReadOnlyDictionary<string, byte[]> data, [NotNullWhen(true)] out ProxySettings? proxy, [NotNullWhen(false)] out string? error)
    {
        proxy = null;
        if (!data.TryGetValue("address", out var bytes))
        {
            error = "key 'address' not found";
            return false;
        }

        var text = Encoding.UTF8.GetString(bytes).Trim();
        if (text.Length is 0 or > MaxAddress)
        {
            error = text.Length == 0 ? "proxy address is empty" : $"proxy address exceeds {MaxAddress} characters";
            return false;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || !Schemes.Contains(uri.Scheme, StringComparer.Ordinal))
        {
            error = $"proxy address is no URL with one of the schemes {string.Join(", ", Schemes)}, such as http://proxy.example.com:3128";
            return false;
        }

        var inside = uri.UserInfo.Split(':', 2);
        var user = Text(data, "username") ?? Uri.UnescapeDataString(inside[0]);
        var password = Text(data, "password") ?? (inside.Length > 1 ? Uri.UnescapeDataString(inside[1]) : "");
        var address = new UriBuilder(uri) { UserName = "", Password = "" }.Uri;
        proxy = new ProxySettings(address, user.Length > 0 ? new NetworkCredential(user, password) : null);
        error = null;
        return true;
    }

    /// <summary>Reads the keys <c>address</c>, <c>username</c> and <c>password</c> of a Secret.</summary>
    /// <param name="data">The values by key, as texts.</param>
    /// <param name="proxy">The proxy, or null.</param>
    /// <param name="error">What is wrong, without any of the values; or null.</param>
    public static bool TryRead(
        IReadOnlyDictionary<string, string> data, [NotNullWhen(true)] out ProxySettings? proxy, [NotNullWhen(false)] out string? error) =>
        TryRead(data.ToDictionary(pair => pair.Key, pair => Encoding.UTF8.GetBytes(pair.Value), StringComparer.Ordinal), out proxy, out error);

    /// <summary>A text without the secret.</summary>
    public override string ToString() => $"proxy {Address.Scheme}://{Address.Authority}";

    /// <summary>The address with user name and password in it, for a program that takes them no other way: a secret, never to be shown.</summary>
    /// <value>For SOCKS5 with the scheme <c>socks5h</c>, by which libcurl leaves names to the proxy, as the framework does.</value>
    public string ToSecretUrl()
    {
        var login = credential is null ? "" : $"{Uri.EscapeDataString(credential.UserName)}:{Uri.EscapeDataString(credential.Password)}@";
        return $"{(Address.Scheme == "socks5" ? "socks5h" : Address.Scheme)}://{login}{Address.Authority}";
    }

    /// <summary>What of it must appear in no message; null where there is no password.</summary>
    public string? Secret => credential?.Password is { Length: > 0 } password ? password : null;

    /// <summary>In the terms of the framework: for every host, as the user said, this machine not excepted.</summary>
    public IWebProxy ToWebProxy() => new Everywhere(Address, credential);

    private static string? Text(IReadOnlyDictionary<string, byte[]> data, string key) =>
        data.TryGetValue(key, out var value) ? Encoding.UTF8.GetString(value) : null;

    private sealed class Everywhere(Uri address, ICredentials? credentials) : IWebProxy
    {
        public ICredentials? Credentials { get; set; } = credentials;

        public Uri GetProxy(Uri destination) => address;

        public bool IsBypassed(Uri host) => address.Scheme == NoScheme;
    }
}

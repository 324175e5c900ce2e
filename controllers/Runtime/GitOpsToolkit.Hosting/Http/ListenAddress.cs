using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace GitOpsToolkit.Hosting.Http;

/// <summary>A Go-style listen address: <c>:8080</c> for every interface, <c>127.0.0.1:8080</c> for one; <c>0</c> or empty for none.</summary>
public static class ListenAddress
{
    /// <summary>Reads an address.</summary>
    /// <param name="text">What the flag says.</param>
    /// <param name="endpoint">Where to listen, or null where the address means not to.</param>
    /// <returns>False where the text is no address.</returns>
    public static bool TryParse(string text, out IPEndPoint? endpoint)
    {
        endpoint = null;
        if (text is "" or "0")
        {
            return true;
        }

        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), out var port) || !TryParseHost(text[..colon], out var address))
        {
            return false;
        }

        endpoint = new IPEndPoint(address, port);
        return true;
    }

    private static bool TryParseHost(string host, [NotNullWhen(true)] out IPAddress? address)
    {
        address = host switch
        {
            "" => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            _ => null,
        };
        return address is not null || IPAddress.TryParse(host.Trim('[', ']'), out address);
    }
}

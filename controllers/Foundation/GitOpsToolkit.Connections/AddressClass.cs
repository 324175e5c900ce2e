using System.Net;
using System.Net.Sockets;

namespace GitOpsToolkit.Connections;

/// <summary>Where an address leads, from the farthest to the nearest.</summary>
public enum AddressClass
{
    /// <summary>The internet.</summary>
    Public,

    /// <summary>A private network (RFC 1918, RFC 4193, shared address space).</summary>
    Private,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>The link, where cloud metadata services live, and whatever is no address of a host.</summary>
    LinkLocal,
}

/// <summary>Tells classes of addresses apart.</summary>
public static class AddressClasses
{
    /// <summary>The class of an address.</summary>
    public static AddressClass Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (IPAddress.IsLoopback(address))
        {
            return AddressClass.Loopback;
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 ? OfV6(address) : OfV4(address.GetAddressBytes());
    }

    /// <summary>Whether a host says by its name that it is this machine.</summary>
    public static bool IsLoopbackName(string host) => OfName(host) == AddressClass.Loopback;

    /// <summary>The class of a host that says it by its name: localhost or an address; null for a name that has to be resolved.</summary>
    public static AddressClass? OfName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? AddressClass.Loopback
        : IPAddress.TryParse(host.Trim('[', ']'), out var address) ? Of(address)
        : null;

    /// <summary>
    /// Whether a server of one class may send us to an address of another: farther out always, to its own class too, never nearer.
    /// </summary>
    public static bool MayLeadTo(this AddressClass server, AddressClass target) => target <= server;

    private static AddressClass OfV4(byte[] bytes) => (bytes[0], bytes[1]) switch
    {
        (10, _) or (172, >= 16 and <= 31) or (192, 168) or (100, >= 64 and <= 127) => AddressClass.Private,
        (169, 254) or (0, _) or ( >= 224, _) => AddressClass.LinkLocal,
        _ => AddressClass.Public,
    };

    private static AddressClass OfV6(IPAddress address)
    {
        if (address.IsIPv6UniqueLocal || address.IsIPv6SiteLocal)
        {
            return AddressClass.Private;
        }

        return address.IsIPv6LinkLocal || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any)
            ? AddressClass.LinkLocal
            : AddressClass.Public;
    }
}

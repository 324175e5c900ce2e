using System.Net;
using System.Net.Sockets;

namespace GitOpsToolkit.TestKit;

/// <summary>Where the programs are that tests use as peers: PATH, and what <c>tests/tools.sh</c> unpacked.</summary>
public static class ToolFolder
{
    /// <summary>The folder of <c>tests/tools.sh</c>.</summary>
    public static string Root { get; } = Environment.GetEnvironmentVariable("GITOPS_TOOLS")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "gitops-toolkit", "tools");

    /// <summary>The libraries beside the programs.</summary>
    public static string Libraries => Path.Combine(Root, "lib");

    /// <summary>The path of a program; null where it is absent.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Append(Path.Combine(Root, "bin")).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>A port on loopback that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Whether something listens on the port.</summary>
    public static bool Listens(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

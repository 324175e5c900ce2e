using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GitOpsToolkit.Sandbox;

/// <summary>
/// The ports of the last start. Addresses stand in Git (the image's registry) and in objects (the clone URL), so a restart with the
/// same state directory must answer under the same ones.
/// </summary>
internal sealed partial record SandboxPorts(int Api, int Git, int Registry, int Artifacts)
{
    private const string FileName = "ports.json";

    public static SandboxPorts Load(string stateDirectory, SandboxOptions options)
    {
        var file = Path.Combine(stateDirectory, FileName);
        var last = File.Exists(file)
            ? JsonSerializer.Deserialize(File.ReadAllText(file), PortsJson.Default.SandboxPorts) ?? new SandboxPorts(0, 0, 0, 0)
            : new SandboxPorts(0, 0, 0, 0);
        return new SandboxPorts(
            options.ApiPort > 0 ? options.ApiPort : last.Api,
            options.GitPort > 0 ? options.GitPort : last.Git,
            options.RegistryPort > 0 ? options.RegistryPort : last.Registry,
            last.Artifacts > 0 ? last.Artifacts : FreePort());
    }

    public void Save(string stateDirectory)
    {
        var file = Path.Combine(stateDirectory, FileName);
        File.WriteAllText(file + ".new", JsonSerializer.Serialize(this, PortsJson.Default.SandboxPorts));
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>
    /// The artifact server has to know its port before it starts: it stands in the objects' status. Taken from below the range that
    /// systems give out themselves (Linux: 32768 and up), so that no server or connection started meanwhile gets the same one.
    /// </summary>
    private static int FreePort()
    {
        for (var tries = 0; tries < 100; tries++)
        {
            var port = RandomNumberGenerator.GetInt32(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: another one.
            }
        }

        throw new IOException("no free port between 20000 and 32000 was found for the artifact server");
    }

    [JsonSerializable(typeof(SandboxPorts))]
    private sealed partial class PortsJson : JsonSerializerContext;
}

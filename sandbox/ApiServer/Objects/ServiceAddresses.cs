using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>Hands out cluster addresses (10.96.0.0/16) and node ports (30000-32767) to Services.</summary>
internal sealed class ServiceAddresses(ObjectStore store, Ids ids)
{
    private const int FirstPort = 30000;
    private const int Ports = 2768;

    /// <summary>Fills in what a Service did not choose itself.</summary>
    /// <returns>Faults: an address that is taken.</returns>
    public List<FieldError> Allocate(JsonObject service)
    {
        var errors = new List<FieldError>();
        var spec = service.Child("spec");
        if (spec.Text("type") == "ExternalName")
        {
            return errors;
        }

        var others = store.Snapshot("/services").All.Values.Select(o => o.Parse()).ToList();
        var taken = others.Where(o => !SameObject(o, service)).Select(o => o.Map("spec").Text("clusterIP")).ToHashSet(StringComparer.Ordinal);
        var wanted = spec.Text("clusterIP");
        if (wanted.Length == 0)
        {
            spec["clusterIP"] = wanted = Free(taken);
        }
        else if (wanted != "None" && taken.Contains(wanted))
        {
            errors.Add(FieldError.InvalidText("spec.clusterIPs", wanted, "failed to allocate IP " + wanted + ": provided IP is already allocated"));
        }

        spec["clusterIPs"] ??= new JsonArray(wanted);
        spec["ipFamilies"] ??= new JsonArray("IPv4");
        spec["ipFamilyPolicy"] ??= "SingleStack";
        if (spec.Text("type") is "NodePort" or "LoadBalancer")
        {
            NodePorts(spec, others);
        }

        return errors;
    }

    private static bool SameObject(JsonObject a, JsonObject b) =>
        a.Meta().Text("name") == b.Meta().Text("name") && a.Meta().Text("namespace") == b.Meta().Text("namespace");

    private string Free(HashSet<string> taken)
    {
        const int First = 11;
        const int Count = 0xffff - First;
        var start = ids.Number(Count);
        for (var i = 0; i < Count; i++)
        {
            var number = First + ((start + i) % Count);
            var address = $"10.96.{number >> 8}.{number & 0xff}";
            if (!taken.Contains(address))
            {
                return address;
            }
        }

        throw ApiError.Internal("failed to allocate a serviceIP: range is full");
    }

    private void NodePorts(JsonObject spec, List<JsonObject> others)
    {
        var taken = others.SelectMany(o => o.Map("spec").List("ports") ?? []).Select(p => p.Number("nodePort") ?? 0).ToHashSet();
        foreach (var port in (spec.List("ports") ?? []).OfType<JsonObject>().Where(p => p.Number("nodePort") is null or 0))
        {
            var number = FirstPort + ids.Number(Ports);
            for (var i = 0; i < Ports && !taken.Add(number); i++)
            {
                number = FirstPort + ((number + 1 - FirstPort) % Ports);
            }

            port["nodePort"] = (long)number;
        }
    }
}

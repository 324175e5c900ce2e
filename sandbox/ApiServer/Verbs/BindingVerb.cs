using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>The binding subresource of a pod, by which a scheduler gives it to a node: once, and for good.</summary>
internal sealed class BindingVerb(Cluster cluster, ObjectWriter writer)
{
    public async Task<Reply> CreateAsync(ApiCall call)
    {
        var options = WriteOptions.Read(call, "CreateOptions");
        var binding = await BodyReader.ReadObjectAsync(call, cluster.Options.MaxRequestBytes, [], "Binding");
        var node = binding.Map("target")?.Text("name") ?? "";
        if (node.Length == 0)
        {
            throw ApiError.Invalid("", "Binding", call.Name, [FieldError.Required("target.name")]);
        }

        writer.Update(call.Resource, call.Id, Part.Main, pod =>
        {
            if (pod.Meta().Text("deletionTimestamp").Length > 0)
            {
                throw ApiError.Conflict("pods/binding", "", "pods/binding", call.Name, $"pod {call.Name} is being deleted, cannot be assigned to a host");
            }

            var spec = pod.Child("spec");
            if (spec.Text("nodeName") is { Length: > 0 } present)
            {
                throw ApiError.Conflict("pods/binding", "", "pods/binding", call.Name, $"pod {call.Name} is already assigned to node \"{present}\"");
            }

            spec["nodeName"] = node;
            return pod;
        }, WriteContext.Of(call, options));
        return Reply.Plain(201, new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["code"] = 201,
        });
    }
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>POST and PUT of objects.</summary>
internal sealed class WriteVerbs(Cluster cluster, ObjectWriter writer)
{
    public async Task<Reply> CreateAsync(ApiCall call)
    {
        var options = WriteOptions.Read(call, "CreateOptions");
        var duplicates = new List<string>();
        var tree = await BodyReader.ReadObjectAsync(call, cluster.Options.MaxRequestBytes, duplicates);
        BodyReader.CheckKind(call.Resource, tree);
        return new(201, writer.Create(call.Resource, call.Namespace, tree, WriteContext.Of(call, options, duplicates)));
    }

    public async Task<Reply> UpdateAsync(ApiCall call)
    {
        var options = WriteOptions.Read(call, "UpdateOptions");
        var duplicates = new List<string>();
        var tree = await BodyReader.ReadObjectAsync(call, cluster.Options.MaxRequestBytes, duplicates);
        BodyReader.CheckKind(call.Resource, tree);
        CheckName(call, tree);
        var context = WriteContext.Of(call, options, duplicates);
        Schemas.Decode(call.Resource, tree, context);
        context = context with { Duplicates = [] };
        if (call.Resource.CreateOnUpdate && call.Subresource.Length == 0 && cluster.Store.Get(call.Id) is null)
        {
            tree.Meta().Remove("resourceVersion");
            return new(201, writer.Create(call.Resource, call.Namespace, tree, context));
        }

        var part = PartOf(call.Subresource);
        return new(200, writer.Update(
            call.Resource, call.Id, part, _ => (JsonObject)tree.DeepClone(), context, UpdateKind.Replace));
    }

    public static Part PartOf(string subresource) => subresource switch
    {
        "status" => Part.Status,
        "finalize" => Part.Finalize,
        _ => Part.Main,
    };

    /// <summary>An object cannot be moved: its name and namespace are those of the path.</summary>
    public static void CheckName(ApiCall call, JsonObject tree)
    {
        if (call.Resource.Namespaced)
        {
            ObjectWriter.FillNamespace(tree.Meta(), call.Namespace);
        }

        var name = tree.Meta().Text("name");
        if (name.Length == 0)
        {
            throw ApiError.BadRequest($"the name of the object ({call.Name} based on URL) was undeterminable: name must be provided");
        }

        if (name != call.Name)
        {
            throw ApiError.BadRequest($"the name of the object ({name}) does not match the name on the URL ({call.Name})");
        }
    }
}

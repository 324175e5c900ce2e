using System.Text;
using System.Text.Json.Nodes;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;

namespace GitOpsToolkit.Conformance.Parts;

internal static class SettersPart
{
    internal static JsonObject Set(JsonObject question)
    {
        var values = new SetterValues(Policies(question["policies"]?.AsArray() ?? []));
        var files = new JsonObject();
        var changes = new JsonArray();
        foreach (var (path, text) in question.Object("files"))
        {
            var content = Encoding.UTF8.GetBytes(text!.GetValue<string>());
            if (!SetterEditor.IsCandidateName(path) || !SetterEditor.MayHaveMarkers(content))
            {
                continue;
            }

            var result = SetterEditor.Edit(path, content, values);
            if (result.IsMalformedList)
            {
                return JsonQuestion.Error(result.Unresolved[0].ToString());
            }

            if (result.Content is not null)
            {
                files[path] = Encoding.UTF8.GetString(result.Content);
            }

            foreach (var change in result.Changes)
            {
                changes.Add(Describe(change));
            }
        }

        return new JsonObject { ["files"] = files, ["changes"] = changes };
    }

    private static IEnumerable<PolicyImage> Policies(JsonArray policies) =>
        from policy in policies
        let image = policy!["latestRef"]
        where image is not null
        select new PolicyImage(
            policy.Text("namespace"), policy.Text("name"), image.Text("name"), image.Text("tag"), image.Text("digest"));

    private static JsonNode Describe(SetterChange change) => new JsonObject
    {
        ["file"] = change.File,
        ["apiVersion"] = change.Object.ApiVersion,
        ["kind"] = change.Object.Kind,
        ["namespace"] = change.Object.Namespace,
        ["name"] = change.Object.Name,
        ["setter"] = change.Setter,
        ["old"] = change.OldValue,
        ["new"] = change.NewValue,
    };
}

using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Templating;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>The message template uses a field that Flux removed.</summary>
internal sealed class RemovedFieldException(string message) : Exception(message);

/// <summary>Renders commit messages with the data that Flux gives to them.</summary>
internal static class CommitMessage
{
    private const string Default = "Update from image update automation";
    private const string Documentation = "See: https://fluxcd.io/flux/components/image/imageupdateautomations/#message-template";

    /// <summary>Renders the message.</summary>
    /// <param name="commit">The template and its values.</param>
    /// <param name="automation">The automation's key.</param>
    /// <param name="update">What changed.</param>
    /// <param name="folder">The folder that files are named from.</param>
    /// <exception cref="RemovedFieldException">The template uses .Updated or .Changed.ImageResult.</exception>
    /// <exception cref="TemplateException">The template is faulty in another way.</exception>
    internal static string Render(CommitSpec commit, ObjectKey automation, TreeUpdate update, string folder)
    {
        var template = commit.MessageTemplate is { Length: > 0 } text ? text : Default;
        try
        {
            return Template.Parse("commit message", template).Execute(Data(commit, automation, update, folder));
        }
        catch (TemplateException error)
            when (error.Problem.Contains("can't evaluate field Updated in type source.TemplateData", StringComparison.Ordinal))
        {
            throw new RemovedFieldException($"template uses removed '.Updated' field. Please use '.Changed' instead. {Documentation}");
        }
        catch (TemplateException error)
            when (error.Problem.Contains("can't evaluate field ImageResult in type update.Result", StringComparison.Ordinal))
        {
            throw new RemovedFieldException(
                "template uses removed '.Changed.ImageResult' field. Please use '.Changed.FileChanges' or '.Changed.Objects' instead. "
                + Documentation);
        }
    }

    private static TemplateRecord Data(CommitSpec commit, ObjectKey automation, TreeUpdate update, string folder)
    {
        var prefix = folder.Length == 0 ? 0 : folder.Length + 1;
        var files = update.Changed.Select(file => (Name: file.Result.File[prefix..], Changes: ByObject(file.Result.Changes))).ToList();
        var objects = files.SelectMany(file => file.Changes).GroupBy(entry => entry.Key)
            .Select(group => Entry(group.Key, group.SelectMany(entry => entry.Value)));
        var result = new TemplateRecord(
            "update.Result",
            [new("FileChanges", new TemplateMap(files.Select(file => new KeyValuePair<object, object?>(file.Name, Map(file.Changes)))))])
        {
            Methods = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["Objects"] = new TemplateMap(objects),
                ["Changes"] = update.Changes
                    .DistinctBy(change => (change.OldValue, change.NewValue, change.Setter)).Select(Change).ToList<object?>(),
            },
        };
        return new TemplateRecord(
            "source.TemplateData",
            [
                new("AutomationObject", new TemplateRecord(
                    "types.NamespacedName",
                    [new("Namespace", automation.Namespace), new("Name", automation.Name)],
                    $"{automation.Namespace}/{automation.Name}")),
                new("Changed", result),
                new("Values", commit.MessageTemplateValues.ToDictionary(value => value.Key, value => (object?)value.Value,
                    StringComparer.Ordinal)),
            ]);
    }

    private static List<KeyValuePair<ObjectId, List<SetterChange>>> ByObject(IEnumerable<SetterChange> changes) =>
        [.. changes.GroupBy(change => change.Object).Select(group => KeyValuePair.Create(group.Key, group.ToList()))];

    private static TemplateMap Map(List<KeyValuePair<ObjectId, List<SetterChange>>> changes) =>
        new(changes.Select(entry => Entry(entry.Key, entry.Value)));

    private static KeyValuePair<object, object?> Entry(ObjectId id, IEnumerable<SetterChange> changes) =>
        new(Identifier(id), changes.Select(Change).ToList<object?>());

    private static TemplateRecord Identifier(ObjectId id) => new(
        "update.ObjectIdentifier",
        [new("Name", id.Name), new("Namespace", id.Namespace), new("APIVersion", id.ApiVersion), new("Kind", id.Kind)]);

    private static TemplateRecord Change(SetterChange change) => new(
        "update.Change", [new("OldValue", change.OldValue), new("NewValue", change.NewValue), new("Setter", change.Setter)]);
}

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

    // The types that Flux gives to templates, with the names and the order of fields that show in what they print.
    private static readonly GoType Texts = GoType.MapOf(GoType.String, GoType.String);

    private static readonly GoType Change = GoType.Struct(
        "update.Change", [new("OldValue", GoType.String), new("NewValue", GoType.String), new("Setter", GoType.String)]);

    private static readonly GoType ResourceIdentifier = GoType.Struct(
        "yaml.ResourceIdentifier",
        [new("Name", GoType.String), new("Namespace", GoType.String), new("APIVersion", GoType.String), new("Kind", GoType.String)]);

    private static readonly GoType ObjectIdentifier =
        GoType.Struct("update.ObjectIdentifier", [new("ResourceIdentifier", ResourceIdentifier) { IsEmbedded = true }]);

    private static readonly GoType ObjectChanges =
        GoType.Named("update.ObjectChanges", GoType.MapOf(ObjectIdentifier, GoType.SliceOf(Change)));

    private static readonly GoType FileChanges = GoType.MapOf(GoType.String, ObjectChanges);

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

    private static GoValue Data(CommitSpec commit, ObjectKey automation, TreeUpdate update, string folder)
    {
        var name = GoType.Struct(
            "types.NamespacedName",
            [new("Namespace", GoType.String), new("Name", GoType.String)],
            new GoFunction("String", [], (_, _) => GoValue.Of($"{automation.Namespace}/{automation.Name}")));
        var prefix = folder.Length == 0 ? 0 : folder.Length + 1;
        var files = update.Changed.Select(file => (Name: file.Result.File[prefix..], file.Result.Changes)).ToList();
        var result = GoType.Struct(
            "update.Result",
            [new("FileChanges", FileChanges)],
            new GoFunction("Objects", [], (_, _) => ByObject(files.SelectMany(file => file.Changes))),
            new GoFunction("Changes", [], (_, _) => Changes(
                update.Changes.DistinctBy(change => (change.OldValue, change.NewValue, change.Setter)))));
        var data = GoType.Struct(
            "source.TemplateData", [new("AutomationObject", name), new("Changed", result), new("Values", Texts)]);
        return GoValue.StructOf(
            data,
            GoValue.StructOf(name, GoValue.Of(automation.Namespace), GoValue.Of(automation.Name)),
            GoValue.StructOf(result, GoValue.MapOf(files.Select(file => KeyValuePair.Create(GoValue.Of(file.Name), ByObject(file.Changes))), FileChanges)),
            GoValue.MapOf(commit.MessageTemplateValues.Select(value => KeyValuePair.Create(GoValue.Of(value.Key), GoValue.Of(value.Value))), Texts));
    }

    private static GoValue ByObject(IEnumerable<SetterChange> changes) => GoValue.MapOf(
        changes.GroupBy(change => change.Object).Select(group => KeyValuePair.Create(Identifier(group.Key), Changes(group))), ObjectChanges);

    private static GoValue Changes(IEnumerable<SetterChange> changes) => GoValue.ListOf(
        changes.Select(change =>
            GoValue.StructOf(Change, GoValue.Of(change.OldValue), GoValue.Of(change.NewValue), GoValue.Of(change.Setter))),
        GoType.SliceOf(Change));

    private static GoValue Identifier(ObjectId id) => GoValue.StructOf(
        ObjectIdentifier,
        GoValue.StructOf(ResourceIdentifier, GoValue.Of(id.Name), GoValue.Of(id.Namespace), GoValue.Of(id.ApiVersion), GoValue.Of(id.Kind)));
}

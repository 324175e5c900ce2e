using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>What a delete may say of the object that it means.</summary>
internal static class Preconditions
{
    public static void Check(ResourceDefinition resource, StoredObject current, DeleteOptions options)
    {
        if (options.Uid is { } uid && uid != current.Uid)
        {
            throw Fault(resource, current, "UID", uid, current.Uid, "The object might have been deleted and then recreated");
        }

        var revision = current.Revision.ToString();
        if (options.ResourceVersion is { } version && version != revision)
        {
            throw Fault(resource, current, "ResourceVersion", version, revision, "The object might have been modified");
        }
    }

    /// <summary>Namespaces have words of their own for it.</summary>
    private static ApiError Fault(
        ResourceDefinition resource, StoredObject current, string what, string wanted, string actual, string maybe)
    {
        if (resource.StorageKey == "/namespaces")
        {
            return resource.Conflict(
                current.Id.Name, $"Precondition failed: {what} in precondition: {wanted}, {what} in object meta: {actual}");
        }

        var kind = resource.Group.Length == 0 ? resource.Kind : $"{resource.Kind}.{resource.Group}";
        var why = $"the {what} in the precondition ({wanted}) does not match the {what} in record ({actual}). {maybe}";
        return ApiError.Conflict(kind, resource.Group, resource.Kind, current.Id.Name, why);
    }
}

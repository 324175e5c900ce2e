using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Lifecycle;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using GitOpsToolkit.Sandbox.Machinery;
using GitOpsToolkit.Sandbox.Machinery.Apply;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>The sorts of updates, which differ in what they must name and in who does the managed fields.</summary>
internal enum UpdateKind
{
    Patch,
    Replace,
    Apply,
}

/// <summary>Creates and updates objects: what every verb that writes ends in.</summary>
internal sealed class ObjectWriter(Cluster cluster)
{
    private readonly ServiceAddresses addresses = new(cluster.Store, cluster.Ids);
    private readonly PodAdmission pods = new(cluster.Store);

    /// <summary>Stores a new object.</summary>
    /// <param name="resource">In which version.</param>
    /// <param name="space">In which namespace; empty for none.</param>
    /// <param name="tree">The object; the method's to change.</param>
    /// <param name="context">By whom and how.</param>
    /// <param name="isApplied">Whether it comes from an apply, which has done the managed fields.</param>
    /// <returns>The object in the resource's version.</returns>
    public JsonObject Create(ResourceDefinition resource, string space, JsonObject tree, WriteContext context, bool isApplied = false)
    {
        var meta = tree.Meta();
        if (resource.Namespaced)
        {
            FillNamespace(meta, space);
        }

        CheckNamespace(resource, meta, space, tree.Meta().Text("name"));
        CheckDefinition(resource, meta.Text("name"));
        if (!isApplied && meta.Text("resourceVersion").Length > 0 && meta.Text("resourceVersion") != "0")
        {
            throw new ApiError(500, "", "resourceVersion should not be set on objects to be created");
        }

        if (meta.Text("name").Length == 0 && meta.Text("generateName") is { Length: > 0 } prefix)
        {
            meta["name"] = prefix[..Math.Min(prefix.Length, 58)] + cluster.Ids.Suffix(5);
        }

        OwnerReferences.Deduplicate(meta, context.Warn);
        if (!isApplied)
        {
            Schemas.Decode(resource, tree, context);
        }

        FinalizerAdvice.Give(resource, null, tree, context);
        KindHooks.Normalize(resource, tree);
        Schemas.Default(resource, tree);
        if (!isApplied)
        {
            Schemas.Track(resource, null, tree, context, cluster.Ids.Now);
        }

        Guard(resource, space, null, tree, context);
        pods.Admit(resource, tree);
        Strategy.PrepareCreate(resource, tree, cluster.Ids.Uid(), cluster.Ids.NowText);
        Schemas.Default(resource, tree);
        List<FieldError> errors = [.. Schemas.Validate(resource, tree, null, "")];
        if (resource.StorageKey == "/services")
        {
            errors.AddRange(addresses.Allocate(tree));
        }

        var name = meta.Text("name");
        if (errors.Count > 0)
        {
            throw resource.Invalid(name, errors);
        }

        if (context.Requester is { } requester)
        {
            cluster.Access.Escalation.CheckCreate(resource, meta.Text("namespace"), name, requester);
        }

        var id = new ObjectId(resource.StorageKey, meta.Text("namespace"), name);
        if (context.DryRun)
        {
            return cluster.Store.Get(id) is null ? tree : throw resource.AlreadyExists(name);
        }

        var stored = cluster.Store.Create(id, Conversion.ToStored(resource, tree)) ?? throw resource.AlreadyExists(name);
        return Served(resource, stored);
    }

    /// <summary>Applies a configuration: creates the object, or changes the present one.</summary>
    /// <returns>The object, and whether it is new.</returns>
    public (JsonObject Object, bool IsNew) Apply(
        ResourceDefinition resource, ObjectId id, Part part, AppliedConfiguration wanted, bool force, WriteContext context)
    {
        while (true)
        {
            if (cluster.Store.Get(id) is not null)
            {
                return (Update(resource, id, part, before => Merge(resource, id, before, wanted, force, context), context, UpdateKind.Apply), false);
            }

            if (part != Part.Main)
            {
                throw resource.NotFound(id.Name);
            }

            try
            {
                var merged = Merge(resource, id, null, wanted, force, context);
                return (Create(resource, id.Namespace, merged, context, isApplied: true), true);
            }
            catch (ApiError e) when (e.Reason == "AlreadyExists")
            {
                // Somebody else was faster: then it is an update.
            }
        }
    }

    /// <summary>Changes an object: reads it, changes it, and stores it, again and again until nobody was faster.</summary>
    /// <param name="resource">In which version.</param>
    /// <param name="id">Which object.</param>
    /// <param name="part">What may change.</param>
    /// <param name="change">From the present object (the function's to change) to the wanted one.</param>
    /// <param name="context">By whom and how.</param>
    /// <param name="kind">What sort of request it is.</param>
    public JsonObject Update(
        ResourceDefinition resource,
        ObjectId id,
        Part part,
        Func<JsonObject, JsonObject> change,
        WriteContext context,
        UpdateKind kind = UpdateKind.Patch)
    {
        while (true)
        {
            var current = cluster.Store.Get(id) ?? throw resource.NotFound(id.Name);
            var before = Conversion.ToServed(resource, current.Parse());
            var tree = change((JsonObject)before.DeepClone());
            if (kind == UpdateKind.Patch)
            {
                CheckPatched(resource, id, tree);
            }

            CheckVersion(resource, current, tree, kind == UpdateKind.Replace);
            Complete(resource, part, before, tree, context, kind);
            if (JsonNode.DeepEquals(before, tree))
            {
                return before;
            }

            if (context.DryRun)
            {
                return tree;
            }

            if (Removal.IsDue(id.Resource, tree))
            {
                if (cluster.Store.Remove(current) is not null)
                {
                    return tree;
                }
            }
            else if (cluster.Store.Replace(current, Conversion.ToStored(resource, tree)) is { } stored)
            {
                return Served(resource, stored);
            }
        }
    }

    public static JsonObject Served(ResourceDefinition resource, StoredObject stored) => Conversion.ToServed(resource, stored.Parse());

    private void Complete(ResourceDefinition resource, Part part, JsonObject before, JsonObject tree, WriteContext context, UpdateKind kind)
    {
        if (kind == UpdateKind.Replace)
        {
            OwnerReferences.Deduplicate(tree.Meta(), context.Warn);
        }

        var errors = MetaRules.Carry(before, tree);
        if (kind == UpdateKind.Patch)
        {
            Schemas.DecodePatched(resource, tree, context);
        }
        else if (kind == UpdateKind.Replace)
        {
            Schemas.Decode(resource, tree, context);
        }

        FinalizerAdvice.Give(resource, before, tree, context);
        Guard(resource, before.Meta().Text("namespace"), before, tree, context);
        Strategy.PrepareUpdate(resource, part, before, tree);
        Schemas.Default(resource, tree);
        errors.AddRange(Schemas.Validate(resource, tree, before, context.Subresource == "scale" ? "" : context.Subresource));
        if (resource.StorageKey == "/services" && part == Part.Main)
        {
            errors.AddRange(addresses.Allocate(tree));
        }

        if (errors.Count > 0)
        {
            throw resource.Invalid(tree.Meta().Text("name"), errors);
        }

        if (kind != UpdateKind.Apply)
        {
            Schemas.Track(resource, before, tree, context, cluster.Ids.Now);
        }

        tree.Meta().Take("resourceVersion", before.Meta());
        FieldManager.KeepTimes(tree, before);
    }

    private void Guard(ResourceDefinition resource, string space, JsonObject? before, JsonObject tree, WriteContext context)
    {
        if (context.Requester is { } requester)
        {
            cluster.Access.Escalation.Check(resource, space, before, tree, requester);
        }
    }

    private static void CheckVersion(ResourceDefinition resource, StoredObject current, JsonObject tree, bool required)
    {
        var meta = tree.Meta();
        var version = meta.Text("resourceVersion");
        var name = current.Id.Name;
        // Only who replaces an object makes its uid a condition; who patches it tries to change it.
        if (required && meta.Text("uid") is { Length: > 0 } uid && uid != current.Uid)
        {
            var path = string.Join('/', new[] { resource.Plural, current.Id.Namespace, name }.Where(part => part.Length > 0));
            throw resource.Conflict(name, $"StorageError: invalid object, Code: 4, Key: /registry/{path}, ResourceVersion: 0, "
                + $"AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}");
        }

        if (version is "" or "0")
        {
            if (required && resource.RequiresVersion)
            {
                throw ApiError.Invalid(resource.Group, resource.Plural, name,
                    [new(FieldErrorType.Invalid, "metadata.resourceVersion", "0", "must be specified for an update")]);
            }

            return;
        }

        if (!long.TryParse(version, out var number))
        {
            var why = $"strconv.ParseUint: parsing \"{version}\": invalid syntax";
            throw new ApiError(500, "", why);
        }

        if (number != current.Revision)
        {
            throw resource.Modified(name);
        }
    }

    private JsonObject Merge(
        ResourceDefinition resource, ObjectId id, JsonObject? before, AppliedConfiguration wanted, bool force, WriteContext context)
    {
        var merged = Schemas.Apply(resource, before, wanted.Tree, force, context, cluster.Ids.Now);
        wanted.Enforce(context);
        var meta = merged.Meta();
        if (before is null && meta.Text("uid") is { Length: > 0 } uid)
        {
            throw resource.Conflict(id.Name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
        }

        CheckIdentity(resource, id, meta);
        return merged;
    }

    private static void CheckPatched(ResourceDefinition resource, ObjectId id, JsonObject tree)
    {
        CheckIdentity(resource, id, tree.Meta());
        BodyReader.CheckPatchedKind(resource, tree);
    }

    /// <summary>What is merged or patched has to be called as the path says.</summary>
    private static void CheckIdentity(ResourceDefinition resource, ObjectId id, JsonObject meta)
    {
        if (resource.Namespaced)
        {
            FillNamespace(meta, id.Namespace);
        }

        var name = meta.Text("name");
        if (name.Length == 0)
        {
            throw ApiError.BadRequest($"the name of the object ({id.Name} based on URL) was undeterminable: name must be provided");
        }

        if (name != id.Name)
        {
            throw ApiError.BadRequest($"the name of the object ({name}) does not match the name on the URL ({id.Name})");
        }
    }

    /// <summary>An object may name no namespace, or the request's.</summary>
    public static void FillNamespace(JsonObject meta, string space)
    {
        if (meta.Text("namespace").Length == 0)
        {
            meta["namespace"] = space;
        }
        else if (meta.Text("namespace") != space)
        {
            throw ApiError.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }
    }

    private void CheckDefinition(ResourceDefinition resource, string name)
    {
        if (resource.Custom is not null
            && cluster.Store.Get(new(CrdRules.StorageKey, "", $"{resource.Plural}.{resource.Group}")) is { IsTerminating: true })
        {
            throw ApiError.Forbidden(resource.QualifiedResource, resource.Group, resource.Plural, name,
                "create not allowed while custom resource definition is terminating");
        }
    }

    private void CheckNamespace(ResourceDefinition resource, JsonObject meta, string space, string name)
    {
        if (!resource.Namespaced)
        {
            return;
        }

        var found = cluster.Store.Get(new("/namespaces", "", space)) ?? throw ApiError.NotFound("namespaces", "", "namespaces", space);
        if (found.IsTerminating)
        {
            var shown = name.Length > 0 ? name : meta.Text("generateName");
            throw ApiError.NamespaceTerminating(resource.QualifiedResource, resource.Group, resource.Plural, shown, space);
        }
    }
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Lifecycle;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Objects;

/// <summary>Creates and updates objects: what every verb that writes ends in.</summary>
internal sealed class ObjectWriter(Cluster cluster)
{
    private readonly ServiceAddresses addresses = new(cluster.Store, cluster.Ids);

    /// <summary>Stores a new object.</summary>
    /// <returns>The object in the resource's version.</returns>
    public JsonObject Create(ResourceDefinition resource, string space, JsonObject tree, WriteContext context)
    {
        var meta = tree.Meta();
        if (resource.Namespaced)
        {
            FillNamespace(meta, space);
        }

        CheckNamespace(resource, meta, space, tree.Meta().Text("name"));
        if (meta.Text("resourceVersion").Length > 0 && meta.Text("resourceVersion") != "0")
        {
            throw new ApiError(500, "", "resourceVersion should not be set on objects to be created");
        }

        if (meta.Text("name").Length == 0 && meta.Text("generateName") is { Length: > 0 } prefix)
        {
            meta["name"] = prefix[..Math.Min(prefix.Length, 58)] + cluster.Ids.Suffix(5);
        }

        Schemas.Decode(resource, tree, context);
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

        var id = new ObjectId(resource.StorageKey, meta.Text("namespace"), name);
        if (context.DryRun)
        {
            return cluster.Store.Get(id) is null ? tree : throw resource.AlreadyExists(name);
        }

        var stored = cluster.Store.Create(id, Conversion.ToStored(resource, tree)) ?? throw resource.AlreadyExists(name);
        return Served(resource, stored);
    }

    /// <summary>Changes an object: reads it, changes it, and stores it, again and again until nobody was faster.</summary>
    /// <param name="resource">In which version.</param>
    /// <param name="id">Which object.</param>
    /// <param name="part">What may change.</param>
    /// <param name="change">From the present object (the function's to change) to the wanted one.</param>
    /// <param name="context">By whom and how.</param>
    /// <param name="requireVersion">Whether the wanted object must name the version it is based on.</param>
    public JsonObject Update(
        ResourceDefinition resource, ObjectId id, Part part, Func<JsonObject, JsonObject> change, WriteContext context, bool requireVersion = false)
    {
        while (true)
        {
            var current = cluster.Store.Get(id) ?? throw resource.NotFound(id.Name);
            var before = Conversion.ToServed(resource, current.Parse());
            var tree = change((JsonObject)before.DeepClone());
            CheckVersion(resource, current, tree, requireVersion);
            Complete(resource, part, before, tree, context);
            if (IsSame(before, tree))
            {
                return before;
            }

            if (context.DryRun)
            {
                return tree;
            }

            if (Store(resource, current, tree) is { } stored)
            {
                return Served(resource, stored);
            }
        }
    }

    public static JsonObject Served(ResourceDefinition resource, StoredObject stored) => Conversion.ToServed(resource, stored.Parse());

    /// <summary>Whether nothing changed but the times in the managed fields.</summary>
    public static bool IsSame(JsonObject before, JsonObject after) =>
        JsonNode.DeepEquals(before, after) || JsonNode.DeepEquals(WithoutTimes(before), WithoutTimes(after));

    private StoredObject? Store(ResourceDefinition resource, StoredObject current, JsonObject tree)
    {
        return Removal.IsDue(current.Id.Resource, tree) ? cluster.Store.Remove(current) : cluster.Store.Replace(current, Conversion.ToStored(resource, tree));
    }

    private void Complete(ResourceDefinition resource, Part part, JsonObject before, JsonObject tree, WriteContext context)
    {
        var errors = MetaRules.Carry(before, tree);
        Schemas.Decode(resource, tree, context);
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

        tree.Meta().Take("resourceVersion", before.Meta());
    }

    private static void CheckVersion(ResourceDefinition resource, StoredObject current, JsonObject tree, bool required)
    {
        var meta = tree.Meta();
        var version = meta.Text("resourceVersion");
        var name = current.Id.Name;
        if (meta.Text("uid") is { Length: > 0 } uid && uid != current.Uid)
        {
            throw resource.Conflict(name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}");
        }

        if (version is "" or "0")
        {
            if (required && resource.RequiresVersion)
            {
                throw resource.Invalid(name, [new FieldError(FieldErrorType.Invalid, "metadata.resourceVersion", "0x0", "must be specified for an update")]);
            }

            return;
        }

        if (!long.TryParse(version, out var number))
        {
            throw resource.Invalid(name, [FieldError.InvalidText("metadata.resourceVersion", version, $"strconv.ParseUint: parsing \"{version}\": invalid syntax")]);
        }

        if (number != current.Revision)
        {
            throw resource.Modified(name);
        }
    }

    private static void FillNamespace(JsonObject meta, string space)
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

    private static JsonObject WithoutTimes(JsonObject tree)
    {
        var copy = (JsonObject)tree.DeepClone();
        foreach (var entry in (copy.Map("metadata").List("managedFields") ?? []).OfType<JsonObject>())
        {
            entry.Remove("time");
        }

        return copy;
    }
}

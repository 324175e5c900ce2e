using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>GET of a collection: a consistent snapshot, in pages where a limit is given.</summary>
internal sealed class ListVerb(Cluster cluster)
{
    private const string TokenVersion = "meta.k8s.io/v1";

    private const string ExpiredContinue =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, "
        + "or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an "
        + "inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show "
        + "up in the list.";

    /// <summary>One object, at least as new as the version that is asked for.</summary>
    public Reply Get(ApiCall call)
    {
        var found = cluster.Store.Get(call.Id);
        if (call.Query("resourceVersion") is { Length: > 0 } version
            && Revisions.Parse(version) is var wanted && cluster.Store.Snapshot(call.Resource.StorageKey).Revision is var revision && wanted > revision)
        {
            throw Revisions.TooLarge(wanted, revision);
        }

        return Reply.Of(found ?? throw call.Resource.NotFound(call.Name));
    }

    public Reply List(ApiCall call)
    {
        var selection = Selection.Of(call);
        Number(call, "timeoutSeconds");
        // What any version satisfies is answered at once and whole, whatever the limit.
        var limit = call.Query("resourceVersion") == "0" && call.Query("continue").Length == 0 ? 0 : Number(call, "limit");
        var (revision, all, after) = Start(call, limit);
        var found = new List<StoredObject>();
        string? next = null;
        var remaining = 0;
        foreach (var (key, stored) in all)
        {
            if (!key.StartsWith(selection.KeyPrefix, StringComparison.Ordinal) || after is not null && string.CompareOrdinal(key, after) <= 0)
            {
                continue;
            }

            // A full page does not look whether what follows is selected: the next page may be empty.
            if (limit > 0 && found.Count >= limit)
            {
                remaining++;
                continue;
            }

            if (!selection.Matches(stored))
            {
                continue;
            }

            found.Add(stored);
            next = key;
        }

        var meta = new JsonObject { ["resourceVersion"] = revision.ToString() };
        if (remaining > 0)
        {
            meta["continue"] = Token(revision, next!);
            if (selection.IsEverything)
            {
                meta["remainingItemCount"] = remaining;
            }
        }

        return new(200, Head(call.Resource, Ended(call.Resource, meta)), IsList: true) { Items = found };
    }

    /// <summary>Writes the list without parsing the items.</summary>
    public static byte[] Bytes(ResourceDefinition resource, JsonObject head, IReadOnlyList<StoredObject> items)
    {
        var output = new ArrayBufferWriter<byte>(256 + items.Sum(i => i.Json.Length + 1));
        output.Write(JsonText.Bytes(head).AsSpan()[..^1]);
        output.Write(",\"items\":["u8);
        var type = resource.Custom is null && Conversion.IsIdentity(resource)
            ? Encoding.UTF8.GetBytes($"{{\"apiVersion\":\"{resource.ApiVersion}\",\"kind\":\"{resource.Kind}\",")
            : null;
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            Item(output, resource, items[i], type);
        }

        output.Write("]}"u8);
        return output.WrittenSpan.ToArray();
    }

    private static void Item(ArrayBufferWriter<byte> output, ResourceDefinition resource, StoredObject item, byte[]? type)
    {
        if (type is not null && item.Json.AsSpan().StartsWith(type))
        {
            // Built-in lists are typed: their items carry no apiVersion and kind of their own.
            output.Write("{"u8);
            output.Write(item.Json.AsSpan(type.Length));
        }
        else if (Conversion.IsIdentity(resource))
        {
            output.Write(item.Json);
        }
        else
        {
            var tree = ObjectWriter.Served(resource, item);
            if (resource.Custom is null)
            {
                tree.Remove("apiVersion");
                tree.Remove("kind");
            }

            output.Write(JsonText.Bytes(tree));
        }
    }

    private static JsonObject Head(ResourceDefinition resource, JsonObject meta) => new()
    {
        ["kind"] = resource.ListKind,
        ["apiVersion"] = resource.ApiVersion,
        ["metadata"] = meta,
    };

    // Lists of custom resources are untyped: they say that there is no next page.
    private static JsonObject Ended(ResourceDefinition resource, JsonObject meta)
    {
        if (resource.Custom is not null)
        {
            meta.TryAdd("continue", "");
        }

        return meta;
    }

    private (long Revision, ImmutableSortedDictionary<string, StoredObject> All, string? After) Start(ApiCall call, long limit)
    {
        var (revision, all) = cluster.Store.Snapshot(call.Resource.StorageKey);
        var (version, match) = (call.Query("resourceVersion"), call.Query("resourceVersionMatch"));
        var token = call.Query("continue");
        Check(version, match, token);
        if (token.Length > 0)
        {
            var (at, after) = Parse(token);
            if (at < 0)
            {
                return (revision, all, after);
            }

            var then = cluster.Store.SnapshotAt(call.Resource.StorageKey, at) ?? throw new ExpiredListError(Token(-1, after), ExpiredContinue);
            return (at, then, after);
        }

        if (version is "" or "0")
        {
            return (revision, all, null);
        }

        var wanted = Revisions.Parse(version);
        if (wanted > revision)
        {
            throw Revisions.TooLarge(wanted, revision);
        }

        if (match == "Exact" || match.Length == 0 && limit > 0)
        {
            var then = cluster.Store.SnapshotAt(call.Resource.StorageKey, wanted) ?? throw Revisions.TooOld(wanted, revision);
            return (wanted, then, null);
        }

        return (revision, all, null);
    }

    private static void Check(string version, string match, string token)
    {
        var errors = new List<FieldError>();
        if (match.Length > 0)
        {
            if (token.Length > 0)
            {
                errors.Add(FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"));
            }

            if (version.Length == 0)
            {
                errors.Add(FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"));
            }

            if (match is not ("Exact" or "NotOlderThan"))
            {
                errors.Add(FieldError.NotSupported("resourceVersionMatch", match, ["Exact", "NotOlderThan", ""]));
            }
            else if (match == "Exact" && version == "0")
            {
                errors.Add(FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
            }
        }

        if (errors.Count > 0)
        {
            throw ApiError.Invalid("meta.k8s.io", "ListOptions", "", errors);
        }

        if (token.Length > 0 && version is not ("" or "0"))
        {
            throw ApiError.BadRequest("specifying resource version is not allowed when using continue");
        }
    }

    /// <summary>A whole number of the query; 0 where it is not said.</summary>
    public static long Number(ApiCall call, string name)
    {
        var text = call.Query(name);
        return text.Length == 0 ? 0 : long.TryParse(text, out var number) ? Math.Max(0, number)
            : throw ApiError.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    private static string Token(long revision, string start) => Convert.ToBase64String(JsonText.Bytes(new JsonObject
    {
        ["v"] = TokenVersion,
        ["rv"] = revision,
        ["start"] = start + "\0",
    })).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static (long Revision, string After) Parse(string token)
    {
        byte[] bytes = [];
        try
        {
            var text = token.Replace('-', '+').Replace('_', '/');
            bytes = Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
            var tree = JsonText.ParseObject(bytes);
            return tree.Text("v") == TokenVersion && tree.Number("rv") is { } revision
                ? (revision, tree.Text("start").TrimEnd('\0'))
                : throw new FormatException($"server does not recognize this encoded version \"{tree.Text("v")}\"");
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw ApiError.BadRequest($"invalid continue token: continue key is not valid: {GoJsonFault.Describe(bytes) ?? e.Message}");
        }
    }
}

/// <summary>410 for a page of a list that is too old; it carries a token with which the list can go on, inconsistently.</summary>
internal sealed class ExpiredListError(string token, string message) : Exception(message)
{
    public JsonObject ToStatus()
    {
        var status = ApiError.Expired(Message).ToStatus();
        status["metadata"] = new JsonObject { ["continue"] = token };
        return status;
    }
}

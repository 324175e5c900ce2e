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
    private const string ExpiredContinue =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, "
        + "or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an "
        + "inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show "
        + "up in the list.";

    public Reply List(ApiCall call)
    {
        var selection = Selection.Of(call);
        var limit = Number(call, "limit");
        var (revision, all, after) = Start(call, limit);
        var found = new List<StoredObject>();
        string? next = null;
        var remaining = 0;
        foreach (var (key, stored) in all)
        {
            if (!key.StartsWith(selection.KeyPrefix, StringComparison.Ordinal)
                || after is not null && string.CompareOrdinal(key, after) <= 0
                || !selection.Matches(stored))
            {
                continue;
            }

            if (limit > 0 && found.Count >= limit)
            {
                remaining++;
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

    private static long Number(ApiCall call, string name)
    {
        var text = call.Query(name);
        return text.Length == 0 ? 0 : long.TryParse(text, out var number) ? Math.Max(0, number)
            : throw ApiError.BadRequest($"unable to decode query parameter {name}: strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    private static string Token(long revision, string start) => Convert.ToBase64String(JsonText.Bytes(new JsonObject
    {
        ["v"] = "meta.k8s.io/v1",
        ["rv"] = revision,
        ["start"] = start + "\0",
    })).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static (long Revision, string After) Parse(string token)
    {
        try
        {
            var text = token.Replace('-', '+').Replace('_', '/');
            var tree = JsonText.ParseObject(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=')));
            return (tree.Number("rv") ?? throw new FormatException("no revision"), tree.Text("start").TrimEnd('\0'));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw ApiError.BadRequest($"continue key is not valid: {e.Message}");
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

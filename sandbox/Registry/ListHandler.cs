using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Sandbox.Registry;

/// <summary>Tags, repositories and referrers.</summary>
internal sealed class ListHandler(Catalog catalog, ManifestReader manifests, int maxPageSize)
{
    internal Task TagsAsync(HttpContext http, string repository)
    {
        var tags = catalog.TagsOf(repository) ?? throw RegistryException.NameUnknown(repository);
        var page = Page(http, tags, $"/v2/{repository}/tags/list");
        return Answers.JsonAsync(http, new JsonObject { ["name"] = repository, ["tags"] = page });
    }

    internal Task CatalogAsync(HttpContext http) =>
        Answers.JsonAsync(http, new JsonObject { ["repositories"] = Page(http, catalog.Repositories(), "/v2/_catalog") });

    internal async Task ReferrersAsync(HttpContext http, string repository, string digest)
    {
        if (!RegistryName.IsDigest(digest))
        {
            throw RegistryException.DigestInvalid(digest);
        }

        var wanted = http.Request.Query["artifactType"].ToString();
        var found = new JsonArray();
        foreach (var entry in catalog.ManifestsOf(repository).OrderBy(entry => entry.Digest, StringComparer.Ordinal))
        {
            var manifest = await manifests.ReadAsync(entry.Digest, http.RequestAborted);
            if (manifest.Subject == digest && (wanted.Length == 0 || manifest.ArtifactType == wanted))
            {
                found.Add((JsonNode)manifest.Descriptor(entry));
            }
        }

        if (wanted.Length > 0)
        {
            http.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        }

        var index = new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex, ["manifests"] = found };
        await Answers.JsonAsync(http, index, MediaTypes.OciIndex);
    }

    /// <summary>The items behind <c>last</c>, at most <c>n</c>, with a Link to the rest.</summary>
    private JsonArray Page(HttpContext http, IReadOnlyList<string> items, string path)
    {
        var size = maxPageSize;
        if (http.Request.Query["n"].ToString() is { Length: > 0 } n && (!int.TryParse(n, out size) || size < 0))
        {
            throw new RegistryException(HttpStatusCode.BadRequest, "PAGINATION_NUMBER_INVALID", "invalid number of results requested", n);
        }

        size = Math.Min(size, maxPageSize);
        var last = http.Request.Query["last"].ToString();
        var start = 0;
        while (last.Length > 0 && start < items.Count && string.CompareOrdinal(items[start], last) <= 0)
        {
            start++;
        }

        var page = new JsonArray();
        for (var i = start; i < Math.Min(items.Count, start + size); i++)
        {
            page.Add((JsonNode)items[i]);
        }

        if (size > 0 && start + size < items.Count)
        {
            http.Response.Headers.Link = $"<{path}?last={Uri.EscapeDataString(items[start + size - 1])}&n={size}>; rel=\"next\"";
        }

        return page;
    }
}

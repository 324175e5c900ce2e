using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests.PullRequests;

/// <summary>A pull request of the fake.</summary>
internal sealed class ForgePull
{
    public required int Number { get; init; }

    public required string Head { get; init; }

    public required string Base { get; init; }

    public string Title { get; set; } = "";

    public string Body { get; set; } = "";

    public string State { get; set; } = "open";

    public bool Merged { get; set; }

    public string? MergedHead { get; set; }

    public ConcurrentQueue<string> Comments { get; } = new();

    public int Edits { get; set; }
}

/// <summary>Gitea's pull requests for one repository, kept in memory; the branches are those of a Git server.</summary>
internal sealed class FakeForge(Func<Task<IReadOnlyDictionary<string, string>>> refs, string token) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<ForgePull> pulls = [];
    private WebApplication app = null!;

    /// <summary>The API's address.</summary>
    public string Api { get; private set; } = "";

    /// <summary>Answers in place of the fake, where it gives a status: method and path in, status out.</summary>
    public Func<string, string, int?>? Refuse { get; set; }

    /// <summary>How often a pull request was opened, asked for or not.</summary>
    public int Opened { get; private set; }

    public IReadOnlyList<ForgePull> Pulls
    {
        get
        {
            lock (gate)
            {
                return [.. pulls];
            }
        }
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(HandleAsync);
        await app.StartAsync();
        Api = app.Urls.First() + "/api/v1";
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static Task AnswerAsync(HttpContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json;charset=utf-8";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    private static Task RefuseAsync(HttpContext context, int status, string message) => AnswerAsync(context, status, new JsonObject { ["message"] = message });

    private async Task HandleAsync(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value!);
        if (context.Request.Headers.Authorization != $"token {token}")
        {
            await RefuseAsync(context, 401, "token is required");
            return;
        }

        if (Refuse?.Invoke(method, path) is { } refused)
        {
            await RefuseAsync(context, refused, "the fake refuses");
            return;
        }

        const string Root = "/api/v1/repos/acme/app/";
        var body = method is "POST" or "PATCH" ? (await JsonNode.ParseAsync(context.Request.Body))!.AsObject() : [];
        var branches = await refs();
        var parts = path.StartsWith(Root, StringComparison.Ordinal) ? path[Root.Length..].Split('/') : [];
        switch (method, parts)
        {
            case ("GET", ["pulls"]):
                var state = context.Request.Query["state"].ToString();
                var found = Pulls.Where(pull => pull.State == state).OrderByDescending(pull => pull.Number);
                await AnswerAsync(context, 200, new JsonArray([.. found.Select(pull => Json(pull, branches))]));
                break;
            case ("GET", ["pulls", var number]) when Find(number) is { } pull:
                await AnswerAsync(context, 200, Json(pull, branches));
                break;
            case ("POST", ["pulls"]):
                await OpenAsync(context, body, branches);
                break;
            case ("PATCH", ["pulls", var number]) when Find(number) is { } pull:
                (pull.Title, pull.Body, pull.State) = ((string?)body["title"] ?? pull.Title, (string?)body["body"] ?? pull.Body, (string?)body["state"] ?? pull.State);
                pull.Edits++;
                await AnswerAsync(context, 201, Json(pull, branches));
                break;
            case ("POST", ["issues", var number, "comments"]) when Find(number) is { } pull:
                pull.Comments.Enqueue((string)body["body"]!);
                await AnswerAsync(context, 201, new JsonObject { ["id"] = 1 });
                break;
            default:
                await RefuseAsync(context, 404, "The target couldn't be found.");
                break;
        }
    }

    private Task OpenAsync(HttpContext context, JsonObject body, IReadOnlyDictionary<string, string> branches)
    {
        var (head, target) = ((string)body["head"]!, (string)body["base"]!);
        if (!branches.ContainsKey("refs/heads/" + head))
        {
            return RefuseAsync(context, 404, "head branch does not exist");
        }

        ForgePull opened;
        lock (gate)
        {
            if (pulls.Exists(pull => pull.State == "open" && pull.Head == head && pull.Base == target))
            {
                return RefuseAsync(context, 409, "pull request already exists for these targets");
            }

            opened = new ForgePull { Number = pulls.Count + 1, Head = head, Base = target, Title = (string)body["title"]!, Body = (string)body["body"]! };
            pulls.Add(opened);
            Opened++;
        }

        return AnswerAsync(context, 201, Json(opened, branches));
    }

    private ForgePull? Find(string number) => Pulls.FirstOrDefault(pull => $"{pull.Number}" == number);

    private JsonObject Json(ForgePull pull, IReadOnlyDictionary<string, string> branches) => new()
    {
        ["number"] = pull.Number,
        ["html_url"] = UrlOf(pull.Number),
        ["state"] = pull.State,
        ["merged"] = pull.Merged,
        ["title"] = pull.Title,
        ["body"] = pull.Body,
        ["head"] = new JsonObject
        {
            ["ref"] = pull.Head,
            ["label"] = pull.Head,
            ["sha"] = pull.MergedHead ?? branches.GetValueOrDefault("refs/heads/" + pull.Head, ""),
            ["repo_id"] = 1,
        },
        ["base"] = new JsonObject { ["ref"] = pull.Base, ["label"] = pull.Base, ["repo_id"] = 1 },
    };

    /// <summary>The page of a pull request.</summary>
    public string UrlOf(int number) => $"{Api[..^"/api/v1".Length]}/acme/app/pulls/{number}";
}

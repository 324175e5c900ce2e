using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsToolkit.Kubernetes.Tests;

public sealed class KubeClientTests
{
    private static readonly ResourcePath Maps = ResourcePath.Core("configmaps", "default");
    private static readonly ResourcePath Map = Maps.At(new ObjectKey("default", "a"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_that_does_not_exist_is_null()
    {
        await using var server = await FakeServer.StartAsync(context => context.StatusAsync(404, "NotFound"));

        Assert.Null(await server.Client().GetAsync(Map, Cancel));
        Assert.False(await server.Client().DeleteAsync(Map, null, Cancel));
    }

    [Fact]
    public async Task A_refusal_carries_what_the_server_said()
    {
        await using var server = await FakeServer.StartAsync(context => context.StatusAsync(
            422, "Invalid", "spec.x: is bad", """{"causes":[{"reason":"FieldValueInvalid","message":"is bad","field":"spec.x"}]}"""));

        var error = await Assert.ThrowsAsync<ApiException>(() => server.Client().CreateAsync(Maps, [], null, Cancel));

        Assert.Equal(("Invalid", "spec.x: is bad"), (error.Reason, error.Message));
        Assert.True(error.IsInvalid);
        Assert.Equal(new ApiCause("FieldValueInvalid", "spec.x", "is bad"), Assert.Single(error.Causes));
    }

    [Fact]
    public async Task A_refusal_by_something_else_than_an_API_server_still_makes_sense()
    {
        await using var server = await FakeServer.StartAsync(async context =>
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync("<html>proxy</html>");
        });

        var error = await Assert.ThrowsAsync<ApiException>(() => server.Client().GetAsync(Map, Cancel));

        Assert.True(error.IsForbidden);
        Assert.Equal("GET configmaps default/a: the server answered 403 Forbidden", error.Message);
    }

    [Fact]
    public async Task Writes_go_out_as_their_kind_of_patch()
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync(Answers.Object("a", 1)));
        var client = server.Client();

        await client.ApplyAsync(Map, new JsonObject { ["kind"] = "ConfigMap" }, new WriteOptions { FieldManager = "me", Force = true, DryRun = true, FieldValidation = "Strict" }, Cancel);
        await client.MergePatchAsync(Map.Sub("status"), new JsonObject { ["a"] = 1 }, new WriteOptions { FieldManager = "me", Force = true }, Cancel);
        await client.JsonPatchAsync(Map, [new JsonObject { ["op"] = "remove" }], null, Cancel);
        await client.UpdateAsync(Map, [], null, Cancel);
        await client.CreateAsync(Map, [], null, Cancel);
        await client.DeleteAsync(Map, new DeleteOptions { Propagation = Propagation.Foreground, Uid = "u", ResourceVersion = "7" }, Cancel);

        Assert.Equal(
            [
                "PATCH /api/v1/namespaces/default/configmaps/a?fieldManager=me&force=true&dryRun=All&fieldValidation=Strict application/apply-patch+yaml",
                "PATCH /api/v1/namespaces/default/configmaps/a/status?fieldManager=me application/merge-patch+json",
                "PATCH /api/v1/namespaces/default/configmaps/a application/json-patch+json",
                "PUT /api/v1/namespaces/default/configmaps/a application/json",
                "POST /api/v1/namespaces/default/configmaps application/json",
                "DELETE /api/v1/namespaces/default/configmaps/a application/json",
            ],
            server.Seen.Select(seen => $"{seen.Method} {seen.PathAndQuery} {seen.Headers.ContentType}"));
        Assert.Equal(
            """{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Foreground","preconditions":{"uid":"u","resourceVersion":"7"}}""",
            server.Seen.Last().Body);
    }

    [Fact]
    public async Task Apply_without_a_manager_is_refused_before_it_is_sent()
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync("{}"));

        await Assert.ThrowsAsync<ArgumentException>(() => server.Client().ApplyAsync(Map, [], new WriteOptions(), Cancel));
        Assert.Empty(server.Seen);
    }

    [Fact]
    public async Task A_list_is_read_page_by_page()
    {
        await using var server = await FakeServer.StartAsync(context => context.Request.Query["continue"] == "next"
            ? context.JsonAsync(Answers.List(9, [Answers.Object("c", 3)]))
            : context.JsonAsync(Answers.List(9, [Answers.Object("a", 1), Answers.Object("b", 2)], "next")));

        var list = await server.Client().ListAsync(Maps, new ListOptions { LabelSelector = "x=y,!z", Limit = 2, ResourceVersion = "0" }, Cancel);

        Assert.Equal(3, list.Items.Count);
        Assert.Equal("9", list.ResourceVersion);
        Assert.Equal(
            [
                "/api/v1/namespaces/default/configmaps?labelSelector=x%3Dy%2C%21z&limit=2&resourceVersion=0",
                "/api/v1/namespaces/default/configmaps?labelSelector=x%3Dy%2C%21z&limit=2&continue=next",
            ],
            server.Seen.Select(seen => seen.PathAndQuery));
    }

    [Fact]
    public async Task Identity_and_credentials_go_with_the_request()
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync("{}"));
        var client = server.Client(token: "secret-token").As("source-controller").Impersonate(Impersonation.ServiceAccount("apps", "deployer"));

        await client.GetAsync(Map, Cancel);

        var headers = Assert.Single(server.Seen).Headers;
        Assert.Equal("Bearer secret-token", headers.Authorization);
        Assert.Equal("source-controller", headers.UserAgent);
        Assert.Equal("system:serviceaccount:apps:deployer", headers["Impersonate-User"]);
        Assert.Contains("system:serviceaccounts:apps", headers["Impersonate-Group"].ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\nb")]
    public void An_impersonation_of_nobody_cannot_be_made(string user)
    {
        Assert.Throws<ArgumentException>(() => Impersonation.As(user));
        Assert.Throws<ArgumentException>(() => Impersonation.As("someone", user));
        Assert.Throws<ArgumentException>(() => Impersonation.ServiceAccount("ns", user));
    }

    [Fact]
    public async Task Credentials_do_not_follow_a_redirect()
    {
        await using var other = await FakeServer.StartAsync(context => context.JsonAsync("{}"));
        await using var server = await FakeServer.StartAsync(context =>
        {
            context.Response.Redirect(other.Url.AbsoluteUri);
            return Task.CompletedTask;
        });

        var error = await Assert.ThrowsAsync<ApiException>(() => server.Client(token: "secret-token").GetAsync(Map, Cancel));

        Assert.Equal(HttpStatusCode.Redirect, error.Code);
        Assert.Empty(other.Seen);
        Assert.DoesNotContain("secret-token", error.ToString());
    }

    [Theory]
    [InlineData(429, "POST", 3)]
    [InlineData(503, "GET", 3)]
    [InlineData(503, "POST", 1)]
    [InlineData(500, "GET", 1)]
    public async Task What_may_be_repeated_is_tried_again(int code, string method, int requests)
    {
        var count = 0;
        await using var server = await FakeServer.StartAsync(context =>
            Interlocked.Increment(ref count) < 3 ? context.StatusAsync(code, "Busy") : context.JsonAsync("{}"));
        var client = server.Client();

        var error = await Record.ExceptionAsync(() => method == "GET" ? client.GetAsync(Map, Cancel) : (Task)client.CreateAsync(Maps, [], null, Cancel));

        Assert.Equal(requests, server.Seen.Count);
        Assert.Equal(requests == 3, error is null);
    }

    [Fact]
    public async Task A_Retry_After_is_kept_and_one_too_long_is_told_to_the_caller()
    {
        var count = 0;
        await using var server = await FakeServer.StartAsync(context =>
        {
            context.Response.Headers.RetryAfter = Interlocked.Increment(ref count) == 1 ? "0" : "3600";
            return context.StatusAsync(429, "TooManyRequests");
        });

        var error = await Assert.ThrowsAsync<ApiException>(() => server.Client().GetAsync(Map, Cancel));

        Assert.Equal(2, server.Seen.Count);
        Assert.Equal(TimeSpan.FromHours(1), error.RetryAfter);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_once()
    {
        await using var server = await FakeServer.StartAsync(context => context.HangAsync());
        var time = new FakeTimeProvider();
        var asked = server.Client(new KubeClientOptions { RequestTimeout = TimeSpan.FromMilliseconds(100) }, time).GetAsync(Map, Cancel);
        await TestKit.Eventually.TrueAsync(() => !server.Seen.IsEmpty, "the server has the question");

        time.Advance(TimeSpan.FromMilliseconds(100));

        var error = await Assert.ThrowsAsync<ApiException>(() => asked);

        Assert.True(error.IsTransient);
        Assert.Contains("no answer within 0.1 s", error.Message);
        Assert.Single(server.Seen);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_ApiException()
    {
        Uri gone;
        await using (var server = await FakeServer.StartAsync(context => context.JsonAsync("{}")))
        {
            gone = server.Url;
        }

        var client = KubeConnection.ToServer(gone, options: new KubeClientOptions { RetryDelay = TimeSpan.FromMilliseconds(1) });
        var error = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Map, Cancel));

        Assert.Equal(ApiException.NoAnswer, error.Reason);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task A_server_that_accepts_and_then_says_nothing_is_an_ApiException_and_no_cancellation()
    {
        var attempts = 0;
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync(context.IsWatch() ? "" : """{"metadata":{"resourceVersion":"1"},"items":[]}"""));
        using var silence = new SilentAtFirst(() => Interlocked.Increment(ref attempts) == 1);
        var configuration = new k8s.KubernetesClientConfiguration { Host = server.Url.AbsoluteUri };
        var client = KubeConnection.Create(configuration, new KubeClientOptions { Retries = 0 }, null, silence);

        var error = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Map, Cancel));

        Assert.Equal(ApiException.NoAnswer, error.Reason);
        Assert.Contains("no connection in time", error.Message, StringComparison.Ordinal);
        Assert.Empty((await client.ListAsync(Maps, null, Cancel)).Items);
    }

    /// <summary>What .NET does where a connection is accepted and its TLS handshake does not come to an end.</summary>
    private sealed class SilentAtFirst(Func<bool> isSilent) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => isSilent()
            ? throw new TaskCanceledException("The operation was canceled.", new TimeoutException("no connection in time"))
            : base.SendAsync(request, cancellationToken);
    }

    [Fact]
    public async Task An_answer_beyond_the_cap_is_refused()
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync($"\"{new string('x', 5000)}\""));
        var client = server.Client(new KubeClientOptions { MaxResponseBytes = 4096 });

        var error = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Map, Cancel));

        Assert.Equal(ApiException.BadAnswer, error.Reason);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1,2]")]
    [InlineData("")]
    public async Task An_answer_that_is_no_object_is_refused(string body)
    {
        await using var server = await FakeServer.StartAsync(context => context.JsonAsync(body));

        var error = await Assert.ThrowsAsync<ApiException>(() => server.Client().GetAsync(Map, Cancel));

        Assert.Equal(ApiException.BadAnswer, error.Reason);
    }

    [Fact]
    public async Task Giving_up_is_no_failure_of_the_server()
    {
        await using var server = await FakeServer.StartAsync(context => context.HangAsync());
        using var impatience = new CancellationTokenSource();
        var work = server.Client().GetAsync(Map, impatience.Token);

        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
    }
}

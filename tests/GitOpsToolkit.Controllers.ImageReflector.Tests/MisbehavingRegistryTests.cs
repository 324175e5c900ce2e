using System.Globalization;
using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;
using static GitOpsToolkit.Controllers.ImageReflector.Tests.ReflectorHost;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests;

/// <summary>
/// Every way in which a registry misbehaves has its reason and a message that tells it; what was elected stands, and the registry's
/// recovery is enough to go on.
/// </summary>
public sealed class MisbehavingRegistryTests : IAsyncLifetime
{
    private ReflectorHost host = null!;
    private ListRegistry registry = null!;

    private static Api.Schema.ResourceKind Kind => ImageRepository.ResourceKind;

    public async ValueTask InitializeAsync()
    {
        registry = await ListRegistry.StartAsync();
        registry.Set("app", "v1.0.0", "v1.1.0", "v1.2.0");
        host = await StartAsync();
        await host.SetSecretAsync("login", (".dockerconfigjson", """{"auths":{"HOST":{"username":"ann","password":"CANARY"}}}""".Replace("HOST", registry.Host, StringComparison.Ordinal)));
        await host.CreateRepositoryAsync("timeout: 2m\nsecretRef: {name: login}", image: $"{registry.Host}/app");
        await host.CreatePolicyAsync();
        await host.ElectedAsync("v1.2.0");
        await host.ReadyAsync(Kind);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await registry.DisposeAsync();
    }

    [Theory]
    [InlineData("cut off", "ReadOperationFailed", "the answer ended early")]
    [InlineData("half a list that is proper JSON to its end", "ReadOperationFailed", "the tag list is cut off or no valid JSON")]
    [InlineData("500", "ReadOperationFailed", "tags/list: 500 InternalServerError")]
    [InlineData("reset", "ReadOperationFailed", "the connection broke")]
    [InlineData("500 on page 2", "ReadOperationFailed", "(page 2): 500 InternalServerError")]
    [InlineData("429", "ReadOperationFailed", "429 TooManyRequests")]
    [InlineData("429 with Retry-After", "ReadOperationFailed", "429 TooManyRequests")]
    [InlineData("endless Link", "ReadOperationFailed", "a Link that leads round in circles; refused")]
    [InlineData("Link to itself", "ReadOperationFailed", "a Link that leads round in circles; refused")]
    [InlineData("Link elsewhere", "ReadOperationFailed", "a Link to another host, http://example.com; refused")]
    [InlineData("slow drip", "ReadOperationFailed", "scan failed: not done within 2s (spec.timeout)")]
    [InlineData("silence", "ReadOperationFailed", "scan failed: not done within 2s (spec.timeout)")]
    [InlineData("text/html", "ReadOperationFailed", "the answer (text/html) is no tag list; is the image's name that of a registry?")]
    [InlineData("empty body", "ReadOperationFailed", "the tag list is cut off or no valid JSON")]
    [InlineData("10 GB", "ReadOperationFailed", "the tag list is larger than 33554432 bytes")]
    [InlineData("redirect loop", "ReadOperationFailed", "more than 5 redirects")]
    [InlineData("redirect to metadata", "ReadOperationFailed", "the registry leads to 169.254.169.254, which is an address inside; refused")]
    [InlineData("redirect to ftp", "ReadOperationFailed", "redirected to ftp://example.com; refused")]
    [InlineData("404", "ReadOperationFailed", "tags/list: 404 NotFound")]
    [InlineData("401", "AuthenticationFailed", "401 Unauthorized")]
    [InlineData("403 with the password", "AuthenticationFailed", "403 Forbidden: DENIED ***; check the credentials")]
    [InlineData("realm at metadata", "ReadOperationFailed", "the registry leads to 169.254.169.254, which is an address inside; refused")]
    [InlineData("realm by ftp", "ReadOperationFailed", "which is not https; refused to send credentials there")]
    [InlineData("realm in circles", "ReadOperationFailed", "(token for repository:app:pull): 307 ")]
    public async Task Trouble_has_a_reason_and_elects_nothing(string trouble, string reason, string message)
    {
        registry.Add("app", "v9.0.0");
        registry.Instead = (http, _, last) => AnswerAsync(http, trouble, last);
        if (trouble is "slow drip" or "silence")
        {
            // Only these are to run into the timeout; the others have time enough on any machine.
            await host.PatchAsync(Kind, """{"spec":{"timeout":"2s"}}""");
        }

        await host.PatchAsync(Kind, """{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"1"}}}""");

        var found = await host.WaitAsync(
            Kind, status => (string?)Condition(status, "Ready")?["reason"] == reason && ReadyIs(status, "False"), $"{trouble}: {reason}");

        Assert.Contains(message, Message(found), StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", found.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(3, (int?)found["status"]!["lastScanResult"]!["tagCount"]);
        var policy = await host.RequestAsync(ImagePolicy.ResourceKind, "1");
        Assert.Equal("v1.2.0", (string?)policy["status"]!["latestRef"]!["tag"]);
        Assert.True(ReadyIs(policy["status"]!.AsObject(), "True"));

        registry.Instead = null;
        if (!trouble.StartsWith("429", StringComparison.Ordinal))
        {
            await host.PatchAsync(Kind, """{"spec":{"timeout":"2m"}}""");
            await host.RequestAsync(Kind, "2");
            await host.ElectedAsync("v9.0.0");
        }
    }

    [Fact]
    public async Task Told_to_wait_the_host_gets_no_request_however_many_objects_ask()
    {
        registry.Instead = (http, _, _) => AnswerAsync(http, "429 with Retry-After", last: null);
        await host.PatchAsync(Kind, """{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"1"}}}""");
        await host.NotReadyAsync(Kind, "ReadOperationFailed");
        var before = registry.Lists;
        for (var i = 0; i < 10; i++)
        {
            await host.CreateRepositoryAsync(name: $"more-{i}", image: $"{registry.Host}/more-{i}");
        }

        for (var i = 0; i < 10; i++)
        {
            var found = await host.NotReadyAsync(Kind, "ReadOperationFailed", $"more-{i}");
            Assert.Contains("asked to be left alone; no request was sent", Message(found), StringComparison.Ordinal);
        }

        Assert.Equal(before, registry.Lists);
    }

    private static async Task<bool> AnswerAsync(HttpContext http, string trouble, string? last)
    {
        var answer = http.Response;
        answer.ContentType = "application/json";
        switch (trouble)
        {
            case "cut off":
                answer.ContentLength = 1000;
                return await SayAsync(answer, 200, "{\"tags\":[\"v9.0.0\"");
            case "reset":
                http.Abort();
                return true;
            case "half a list that is proper JSON to its end":
                return await SayAsync(answer, 200, "{\"tags\":[\"v9.0.0\"");
            case "500 on page 2" when last is null:
                answer.Headers.Link = "</v2/app/tags/list?last=v1>; rel=\"next\"";
                return await SayAsync(answer, 200, "{\"tags\":[\"v9.0.0\"]}");
            case "500" or "500 on page 2":
                return await SayAsync(answer, 500, "");
            case "429" or "429 with Retry-After":
                answer.Headers.RetryAfter = trouble == "429" ? default : "120";
                return await SayAsync(answer, 429, "");
            case "endless Link" or "Link to itself":
                var next = int.Parse(last ?? "0", CultureInfo.InvariantCulture) + (trouble == "endless Link" ? 1 : 0);
                answer.Headers.Link = $"</v2/app/tags/list?last={next}>; rel=\"next\"";
                return await SayAsync(answer, 200, "{\"tags\":[\"v9.0.0\"]}");
            case "Link elsewhere":
                answer.Headers.Link = "<http://example.com/v2/app/tags/list?last=x>; rel=\"next\"";
                return await SayAsync(answer, 200, "{\"tags\":[\"v9.0.0\"]}");
            case "slow drip" or "silence":
                await DripAsync(http, trouble == "silence");
                return true;
            case "text/html":
                answer.ContentType = "text/html";
                return await SayAsync(answer, 200, "<html>v9.0.0</html>");
            case "empty body":
                return await SayAsync(answer, 200, "");
            case "10 GB":
                await FloodAsync(http);
                return true;
            case "404":
                return await SayAsync(answer, 404, "");
            case "403 with the password":
                return await SayAsync(answer, 403, """{"errors":[{"code":"DENIED","message":"CANARY"}]}""");
            default:
                return await LeadAstrayAsync(answer, trouble);
        }
    }

    private static Task<bool> LeadAstrayAsync(HttpResponse answer, string trouble)
    {
        var (status, target) = trouble switch
        {
            "redirect loop" => (307, "/v2/app/tags/list"),
            "redirect to metadata" => (307, "http://169.254.169.254/latest/meta-data"),
            "redirect to ftp" => (307, "ftp://example.com/x"),
            "realm at metadata" => (401, "http://169.254.169.254/token"),
            "realm by ftp" => (401, "ftp://example.com/token"),
            "realm in circles" => (401, $"http://{answer.HttpContext.Request.Host}/v2/token/tags/list"),
            _ => (401, ""),
        };
        if (trouble == "realm in circles" && answer.HttpContext.Request.Path == "/v2/token/tags/list")
        {
            status = 307;
        }

        answer.Headers[status == 307 ? "Location" : "WWW-Authenticate"] =
            status == 307 ? target : target.Length == 0 ? "Basic realm=\"x\"" : $"Bearer realm=\"{target}\",service=\"s\"";
        return SayAsync(answer, status, "");
    }

    private static async Task<bool> SayAsync(HttpResponse answer, int status, string body)
    {
        answer.StatusCode = status;
        await answer.WriteAsync(body);
        return true;
    }

    /// <summary>A byte now and then, or none, until the client has had enough.</summary>
    private static async Task DripAsync(HttpContext http, bool silent)
    {
        await http.Response.WriteAsync(silent ? "" : "{\"tags\":[\"v9.0.0\"", http.RequestAborted);
        try
        {
            while (true)
            {
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, http.RequestAborted);
                await http.Response.WriteAsync(silent ? "" : " ", http.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The client went away, as it should.
        }
    }

    private static async Task FloodAsync(HttpContext http)
    {
        http.Response.ContentLength = 10L << 30;
        await http.Response.WriteAsync("{\"tags\":[\"v9.0.0\"", http.RequestAborted);
        var blank = new byte[1 << 20];
        Array.Fill(blank, (byte)' ');
        try
        {
            while (true)
            {
                await http.Response.Body.WriteAsync(blank, http.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has hung up.
        }
    }
}

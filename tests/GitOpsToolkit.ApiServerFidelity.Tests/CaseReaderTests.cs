using System.Text.Json.Nodes;
using GitOpsToolkit.ApiServerFidelity.Tests.Cases;

namespace GitOpsToolkit.ApiServerFidelity.Tests;

public sealed class CaseReaderTests
{
    [Fact]
    public void A_file_holds_several_cases_called_after_it()
    {
        var cases = Read("""
            name: one
            steps: [{GET: /x}]
            ---
            name: two
            alone: true
            since: "1.27"
            steps: [{GET: /y}]
            """);

        Assert.Equal(["area/file: one", "area/file: two"], cases.Select(c => c.Name));
        Assert.True(cases[1].Alone);
        Assert.Equal(new Version(1, 27), cases[1].Since);
    }

    [Fact]
    public void A_request_says_its_types_user_and_body()
    {
        var step = Step("""{PATCH: "/x/${ns}", type: apply, user: jane, groups: [a, b], accept: application/yaml, body: {k: v}, capture: {rv: $.metadata.resourceVersion}, part: $.spec}""");

        var request = Assert.IsType<RequestStep>(step);
        Assert.Equal(("PATCH", "/x/${ns}", "application/apply-patch+yaml"), (request.Method, request.Path, request.Type));
        Assert.Equal("jane", request.Headers["Impersonate-User"]);
        Assert.Equal("a\nb", request.Headers["Impersonate-Group"]);
        Assert.Equal("application/yaml", request.Headers["Accept"]);
        Assert.Equal("""{"k":"v"}""", request.Body!.ToJsonString());
        Assert.Equal("$.metadata.resourceVersion", request.Capture["rv"]);
        Assert.Equal("$.spec", request.Part);
    }

    [Fact]
    public void A_watch_is_opened_read_and_closed()
    {
        var steps = Read("{name: w, steps: [{WATCH: /x, name: w}, {EVENTS: w, until: BOOKMARK}, {EVENTS: w, count: 2}, {EVENTS: w, end: true}, {CLOSE: w}]}").Single().Steps;

        Assert.Equal("w", Assert.IsType<RequestStep>(steps[0]).Watch);
        Assert.Equal(new EventsStep("w") { UntilType = "BOOKMARK" }, steps[1]);
        Assert.Equal(new EventsStep("w") { Count = 2 }, steps[2]);
        Assert.Equal(new EventsStep("w") { End = true }, steps[3]);
        Assert.Equal(new CloseStep("w"), steps[4]);
    }

    [Theory]
    [InlineData("{steps: [{GET: /x}]}", "a case needs a name")]
    [InlineData("{name: n}", "a case needs steps")]
    [InlineData("{name: n, steps: [{GET: /x, bdy: 1}]}", "there is no field \"bdy\"")]
    [InlineData("{name: n, step: [], steps: [{GET: /x}]}", "there is no field \"step\"")]
    [InlineData("{name: n, steps: [{FETCH: /x}]}", "a step begins with a method")]
    [InlineData("{name: n, steps: [{EVENTS: w}]}", "EVENTS says what to wait for")]
    [InlineData("{name: n, steps: [{GET: /x}], explained: [{at: $.message, until: '1.25'}]}", "an explanation says why")]
    [InlineData("{name: n, steps: [{GET: /x}], explained: [{at: $.message, why: old}]}", "for which versions")]
    [InlineData("{name: n, steps: [{GET: /x}], explained: [{why: old, until: '1.25'}]}", "says where")]
    [InlineData("{name: n, steps: [{GET: /x}]}\n---\n{name: n, steps: [{GET: /x}]}", "two cases have this name")]
    public void What_is_no_case_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<InvalidDataException>(() => Read(text)).Message);

    [Fact]
    public void Variables_are_filled_in_texts_keys_and_paths()
    {
        var variables = new Variables { ["ns"] = "n1", ["token"] = "a/b=" };

        Assert.Equal("/n1?continue=a%2Fb%3D", variables.In("/${ns}?continue=${token}", Uri.EscapeDataString));
        Assert.Equal("""{"n1":["n1",3,"xyxyxy"]}""", variables.In(JsonNode.Parse("""{"${ns}": ["${ns}", 3, "${repeat:xy:3}"]}"""))!.ToJsonString());
        Assert.Contains("nothing was captured as \"rv\"", Assert.Throws<InvalidDataException>(() => variables.In("${rv}")).Message);
    }

    private static IReadOnlyList<FidelityCase> Read(string text) => CaseReader.Read(text, "area/file", "");

    private static Step Step(string step) => Read($"{{name: n, steps: [{step}]}}").Single().Steps.Single();
}

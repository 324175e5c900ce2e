using GitOpsToolkit.Git;
using GitOpsToolkit.Sandbox.Git;
using GitOpsToolkit.TestKit;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

/// <summary>Others push at the same time, hooks refuse, and the process dies at the worst moment: no commit is lost and none is made twice.</summary>
public sealed class ContentionTests : AutomationFixture
{
    private readonly CrashingRemote _remote = new();
    private Func<GitPush, Task<string?>> _beforePush = _ => Task.FromResult<string?>(null);

    private protected override IGitRemote Remote => _remote;

    public override ValueTask InitializeAsync()
    {
        _remote.Inner = new GitCliRemote(Folder["scratch"], new GitCliOptions(), TimeProvider.System);
        return base.InitializeAsync();
    }

    protected override async ValueTask<string?> BeforePushAsync(GitPush push, CancellationToken cancel) => await _beforePush(push);

    [Fact]
    public async Task An_outsider_who_keeps_pushing_loses_nothing_and_blocks_nothing()
    {
        const int Policies = 3;
        const int Foreign = 12;
        using var copy = await SeedAsync([.. Enumerable.Range(0, Policies).Select(i => ($"f{i}.yaml", (string?)$"kind: A\nimage: reg.io/app:0 # {{\"$imagepolicy\": \"default:p{i}\"}}\n"))]);
        await CreateRepositoryAsync();
        for (var i = 0; i < Policies; i++)
        {
            await CreatePolicyAsync($"p{i}", "0");
            await CreateAutomationAsync($"auto{i}");
        }

        var outsider = Task.Run(async () =>
        {
            for (var i = 0; i < Foreign; i++)
            {
                await copy.CommitAsync($"foreign {i}", ($"foreign{i}.txt", "x"));
                while ((await copy.TryGitAsync("push", "--quiet", "origin", "HEAD:main")).Code != 0)
                {
                    await copy.GitAsync("pull", "--quiet", "--rebase", "origin", "main");
                }
            }
        });
        for (var round = 1; round <= 4; round++)
        {
            for (var i = 0; i < Policies; i++)
            {
                await ElectAsync($"p{i}", $"{round}");
            }
        }

        await outsider;
        await Eventually.TrueAsync(async () => await HasAsync(copy, Policies, "4"), "every elected value is on the branch");
        var log = (await copy.GitAsync("log", "--format=%s", "FETCH_HEAD")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Foreign, log.Count(subject => subject.StartsWith("foreign", StringComparison.Ordinal)));
        Assert.Equal(log.Length - Foreign - 1, log.Count(subject => subject == "Update from image update automation"));
        foreach (var commit in (await copy.GitAsync("log", "--format=%H", "--author=bot", "FETCH_HEAD")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var changed = await copy.GitAsync("diff", "--numstat", $"{commit}^", commit);
            Assert.NotEqual("", changed.Trim());
            Assert.All(changed.Trim().Split('\n'), line => Assert.Matches("^1\t1\tf[0-9].yaml$", line));
        }
    }

    [Fact]
    public async Task A_branch_that_moves_between_fetch_and_push_gets_the_edits_on_its_new_tip()
    {
        using var copy = await SeedAsync(("web.yaml", "kind: A\nimage: reg.io/app:1 # {\"$imagepolicy\": \"default:app\"}\n"));
        var moved = 0;
        _beforePush = async push =>
        {
            if (push.Updates[0].Name == "refs/heads/main" && Interlocked.Increment(ref moved) <= 2)
            {
                // Not by the server's own door: that one is busy with this push.
                await copy.CommitAsync($"foreign {moved}", ($"foreign{moved}.txt", "x"));
                await copy.GitAsync("push", "--quiet", Git.RepositoryPath("app"), "HEAD:main");
            }

            return null;
        };
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "2");
        await CreateAutomationAsync();
        var found = await WaitPushedAsync();

        Assert.Equal(await TipAsync(), Status(found, "lastPushCommit"));
        await copy.GitAsync("fetch", "--quiet", "origin", "main");
        Assert.Equal(
            ["Update from image update automation", "foreign 2", "foreign 1", "seed"],
            (await copy.GitAsync("log", "--format=%s", "FETCH_HEAD")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain(await EventsAsync(), e => (string?)e["type"] == "Warning");
    }

    [Fact]
    public async Task A_hook_that_refuses_is_quoted()
    {
        using var copy = await SeedAsync(("web.yaml", "kind: A\nimage: reg.io/app:1 # {\"$imagepolicy\": \"default:app\"}\n"));
        _beforePush = _ => Task.FromResult<string?>("main is protected");
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "2");
        await CreateAutomationAsync();
        var message = await WaitFailedAsync("GitOperationFailed");
        Assert.StartsWith("failed to update source: ", message, StringComparison.Ordinal);
        Assert.Contains("main is protected", message);

        _beforePush = _ => Task.FromResult<string?>(null);
        await WaitPushedAsync();
    }

    [Theory]
    [InlineData(Crash.BeforePush)]
    [InlineData(Crash.AfterPush)]
    public async Task A_run_that_dies_around_its_push_is_made_up_for(Crash crash)
    {
        using var copy = await SeedAsync(("web.yaml", "kind: A\nimage: reg.io/app:1 # {\"$imagepolicy\": \"default:app\"}\n"));
        await CreateRepositoryAsync();
        await CreatePolicyAsync("app", "1");
        await CreateAutomationAsync();
        await WaitReadyAsync();

        _remote.Next = crash;
        await ElectAsync("app", "2");
        await _remote.Crashed.Task.WaitAsync(Eventually.Deadline);
        await StopControllerAsync();
        _remote.Next = Crash.Never;
        await StartControllerAsync();

        var found = await WaitPushedAsync();
        Assert.Equal(await TipAsync(), Status(found, "lastPushCommit"));
        Assert.Equal($"main@sha1:{await TipAsync()}", Status(found, "observedSourceRevision"));
        await copy.GitAsync("fetch", "--quiet", "origin", "main");
        Assert.Equal(
            ["Update from image update automation", "seed"], (await copy.GitAsync("log", "--format=%s", "FETCH_HEAD")).Split('\n', StringSplitOptions.RemoveEmptyEntries));

        var mark = Server.Requests.LastNumber;
        await RequestAsync("again");
        await WaitAsync("the request is handled", obj => Status(obj, "lastHandledReconcileAt") == "again");

        // Events of the run before may come as late as that.
        Assert.Single(
            Server.Requests.Since(mark),
            request => request.IsWrite && request.UserAgent.Contains("image-automation") && !request.Path.Contains("/events", StringComparison.Ordinal));
    }

    private async Task<bool> HasAsync(GitWorkingCopy copy, int policies, string tag)
    {
        await copy.GitAsync("fetch", "--quiet", "origin", "main");
        for (var i = 0; i < policies; i++)
        {
            if (!(await copy.GitAsync("show", $"FETCH_HEAD:f{i}.yaml")).Contains($"reg.io/app:{tag} "))
            {
                return false;
            }
        }

        return true;
    }

    public enum Crash
    {
        Never,
        BeforePush,
        AfterPush,
    }

    /// <summary>The real remote, which at one push behaves as if the process had died: nothing that comes after happens.</summary>
    private sealed class CrashingRemote : IGitRemote
    {
        internal IGitRemote Inner { get; set; } = null!;

        internal Crash Next { get; set; }

        internal TaskCompletionSource Crashed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyList<GitRef>> ListRefsAsync(GitEndpoint endpoint, RefScope scope, CancellationToken cancel) => Inner.ListRefsAsync(endpoint, scope, cancel);

        public Task FetchAsync(GitEndpoint endpoint, string repositoryPath, IReadOnlyList<string> refspecs, int depth, CancellationToken cancel) =>
            Inner.FetchAsync(endpoint, repositoryPath, refspecs, depth, cancel);

        public async Task<IReadOnlyList<PushOutcome>> PushAsync(
            GitEndpoint endpoint, string repositoryPath, IReadOnlyList<PushCommand> commands, IReadOnlyList<string> pushOptions, CancellationToken cancel)
        {
            if (Next == Crash.Never)
            {
                return await Inner.PushAsync(endpoint, repositoryPath, commands, pushOptions, cancel);
            }

            if (Next == Crash.AfterPush)
            {
                await Inner.PushAsync(endpoint, repositoryPath, commands, pushOptions, CancellationToken.None);
            }

            Crashed.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
            return [];
        }
    }
}

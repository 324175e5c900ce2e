using Microsoft.AspNetCore.Http;

namespace GitOpsToolkit.Kubernetes.Tests;

/// <summary>A collection whose lists and watches are written down by a test, one answer after the other; the last one of each repeats.</summary>
internal sealed class ScriptedCollection
{
    private readonly Lock _lock = new();
    private readonly List<Func<HttpContext, Task>> _lists = [];
    private readonly List<Func<HttpContext, Task>> _watches = [];
    private int _listed;
    private int _watched;

    public int ListCount => Volatile.Read(ref _listed);

    public int WatchCount => Volatile.Read(ref _watched);

    public ScriptedCollection Lists(Func<HttpContext, Task> answer)
    {
        _lists.Add(answer);
        return this;
    }

    public ScriptedCollection Lists(int version, params string[] items) => Lists(context => context.JsonAsync(Answers.List(version, items)));

    public ScriptedCollection Watches(Func<HttpContext, Task> answer)
    {
        _watches.Add(answer);
        return this;
    }

    /// <summary>Sends events and stays open.</summary>
    public ScriptedCollection WatchesForEver(params string[] events) => Watches(async context =>
    {
        await context.SendAsync(string.Concat(events));
        await context.HangAsync();
    });

    public Task AnswerAsync(HttpContext context)
    {
        Func<HttpContext, Task> answer;
        lock (_lock)
        {
            answer = context.IsWatch()
                ? _watches[Math.Min(_watched++, _watches.Count - 1)]
                : _lists[Math.Min(_listed++, _lists.Count - 1)];
        }

        return answer(context);
    }
}

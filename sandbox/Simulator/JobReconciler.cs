using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;
using GitOpsToolkit.Reconciling.Events;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>Runs the pods of a Job until enough of them have succeeded.</summary>
internal sealed class JobReconciler(World world) : IReconciler
{
    public string Kind => Kinds.Job.Kind.Kind;

    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (world.Find(Kinds.Job, key) is not { } job || World.IsDeleting(job))
        {
            return Outcome.Next;
        }

        if (EndedAt(job) is { } ended)
        {
            return await ForgetAsync(job, ended, cancellation);
        }

        var pods = world.Owned(Kinds.Pod, job.Text("metadata", "uid"));
        var succeeded = pods.Count(pod => pod.Text("status", "phase") == "Succeeded");
        var failed = pods.Count(pod => pod.Text("status", "phase") == "Failed");
        var active = pods.Where(Pods.IsActive).ToList();
        var parallelism = job.Number("spec", "parallelism") ?? 1;
        // Without a number of completions the pods share a queue: once one has found it empty, no more are started.
        var completions = job.Number("spec", "completions") ?? (job.Number("spec", "parallelism") is null ? 1 : null);
        var isComplete = completions is { } all ? succeeded >= all : succeeded > 0 && active.Count == 0;
        var suspended = job.Flag("spec", "suspend");
        var deadline = Deadline(job);
        var ending = Ending(job, isComplete, failed, deadline);

        if (suspended || ending is not null)
        {
            failed += ending?.Text("type") == "Failed" ? active.Count : 0;
            foreach (var pod in active)
            {
                await world.DeleteAsync(Kinds.Pod, pod, cancellation);
            }

            active.Clear();
        }
        else
        {
            var room = completions is { } most ? Math.Min(parallelism, most - succeeded) : succeeded > 0 ? 0 : parallelism;
            for (var missing = room - active.Count; missing > 0; missing--)
            {
                active.Add(await CreateAsync(job, cancellation));
            }
        }

        var status = Status(job, active, succeeded, failed, suspended);
        var conditions = new JsonArray();
        if (Suspension(job, suspended) is { } suspension)
        {
            conditions.Add((JsonNode)suspension);
        }

        if (ending is not null)
        {
            End(job, ending, status, conditions);
        }

        if (conditions.Count > 0)
        {
            status["conditions"] = conditions;
        }

        await world.WriteStatusAsync(Kinds.Job, job, status, cancellation);
        return ending is null && deadline < DateTimeOffset.MaxValue ? new Outcome.Done(deadline - world.Options.Time.GetUtcNow()) : Outcome.Next;
    }

    private async Task<JsonObject> CreateAsync(JsonObject job, CancellationToken cancellation)
    {
        var name = $"{job.Text("metadata", "name")}-{TemplateHash.Suffix(world.Options.Random)}";
        var body = Pods.FromTemplate(job.At("spec", "template"), Kinds.Job, job, name, world.Options.NodeName);
        Pods.Label(body, "batch.kubernetes.io/job-name", job.Text("metadata", "name"));
        Pods.Label(body, "job-name", job.Text("metadata", "name"));
        Pods.Label(body, "batch.kubernetes.io/controller-uid", job.Text("metadata", "uid"));
        var pod = await world.CreateAsync(Kinds.Pod, body, cancellation);
        world.Event(Kinds.Job, job, "SuccessfulCreate", $"Created pod: {name}");
        return pod;
    }

    /// <summary>A job that ended says so twice: that its end is decided, and that its pods are gone, too.</summary>
    private void End(JsonObject job, JsonObject ending, JsonObject status, JsonArray conditions)
    {
        var isComplete = ending.Text("type") == "Complete";
        var decided = ending.Clone();
        decided["type"] = isComplete ? "SuccessCriteriaMet" : "FailureTarget";
        conditions.Add((JsonNode)decided);
        conditions.Add((JsonNode)ending);
        if (isComplete)
        {
            status["completionTime"] = world.Now;
        }

        world.Event(
            Kinds.Job, job, isComplete ? "Completed" : ending.Text("reason"), isComplete ? "Job completed" : ending.Text("message"),
            isComplete ? EventType.Normal : EventType.Warning);
    }

    private JsonObject? Suspension(JsonObject job, bool suspended)
    {
        var before = job["status"].Condition("Suspended");
        var text = suspended ? "True" : "False";
        if (before is null && !suspended || before.Text("status") == text)
        {
            return before?.Clone();
        }

        var message = suspended ? "Job suspended" : "Job resumed";
        world.Event(Kinds.Job, job, suspended ? "Suspended" : "Resumed", message);
        return Condition("Suspended", text, suspended ? "JobSuspended" : "JobResumed", message);
    }

    /// <summary>Takes an ended job away where it says how long it is to be kept.</summary>
    private async Task<Outcome> ForgetAsync(JsonObject job, DateTimeOffset ended, CancellationToken cancellation)
    {
        if (job.Number("spec", "ttlSecondsAfterFinished") is not { } seconds)
        {
            return Outcome.Next;
        }

        var left = ended + TimeSpan.FromSeconds(seconds) - world.Options.Time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return new Outcome.Done(left);
        }

        await world.DeleteAsync(Kinds.Job, job, cancellation);
        return Outcome.Next;
    }

    private JsonObject Status(JsonObject job, List<JsonObject> active, int succeeded, int failed, bool suspended)
    {
        var started = job.Text("status", "startTime");
        var status = new JsonObject();
        if (!suspended)
        {
            // The deadline of a suspended job begins when it is resumed.
            status["startTime"] = started.Length > 0 ? started : world.Now;
        }

        foreach (var (name, count) in new[] { ("active", active.Count), ("succeeded", succeeded), ("failed", failed), ("ready", active.Count(Pods.IsReady)) })
        {
            if (count > 0 || name == "ready")
            {
                status[name] = count;
            }
        }

        return status;
    }

    private JsonObject? Ending(JsonObject job, bool isComplete, int failed, DateTimeOffset deadline)
    {
        var backoff = job.Number("spec", "backoffLimit") ?? 6;
        var (type, reason, message) = true switch
        {
            _ when isComplete => ("Complete", "CompletionsReached", "Reached expected number of succeeded pods"),
            _ when failed > backoff => ("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"),
            _ when deadline <= world.Options.Time.GetUtcNow() => ("Failed", "DeadlineExceeded", "Job was active longer than specified deadline"),
            _ => ("", "", ""),
        };
        return type.Length == 0 ? null : Condition(type, "True", reason, message);
    }

    private JsonObject Condition(string type, string status, string reason, string message) => new()
    {
        ["type"] = type,
        ["status"] = status,
        ["reason"] = reason,
        ["message"] = message,
        ["lastProbeTime"] = world.Now,
        ["lastTransitionTime"] = world.Now,
    };

    private static DateTimeOffset Deadline(JsonObject job) =>
        job.Number("spec", "activeDeadlineSeconds") is { } seconds && job.Instant("status", "startTime") is { } start
            ? start + TimeSpan.FromSeconds(seconds)
            : DateTimeOffset.MaxValue;

    private static DateTimeOffset? EndedAt(JsonObject job)
    {
        var ending = job["status"].Condition("Complete") ?? job["status"].Condition("Failed");
        return ending.Text("status") == "True" ? ending.Instant("lastTransitionTime") : null;
    }
}

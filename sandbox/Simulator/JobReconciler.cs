using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Reconciling;

namespace GitOpsToolkit.Sandbox.Simulator;

/// <summary>Runs the pods of a Job until enough of them have succeeded.</summary>
internal sealed class JobReconciler(World world) : IReconciler
{
    public string Kind => Kinds.Job.Kind.Kind;

    public async Task<Outcome> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (world.Find(Kinds.Job, key) is not { } job || World.IsDeleting(job) || HasEnded(job))
        {
            return Outcome.Next;
        }

        var pods = world.Owned(Kinds.Pod, job.Text("metadata", "uid"));
        var succeeded = pods.Count(pod => pod.Text("status", "phase") == "Succeeded");
        var failed = pods.Count(pod => pod.Text("status", "phase") == "Failed");
        var active = pods.Where(Pods.IsActive).ToList();
        var parallelism = job.Number("spec", "parallelism") ?? 1;
        var completions = job.Number("spec", "completions") ?? parallelism;
        var suspended = job.Flag("spec", "suspend");
        var deadline = Deadline(job);

        if (suspended || deadline <= world.Options.Time.GetUtcNow())
        {
            foreach (var pod in active)
            {
                await world.DeleteAsync(Kinds.Pod, pod, cancellation);
            }

            active.Clear();
        }
        else
        {
            for (var missing = Math.Min(parallelism, completions - succeeded) - active.Count; missing > 0; missing--)
            {
                active.Add(await CreateAsync(job, cancellation));
            }
        }

        var status = Status(job, active, succeeded, failed);
        if (Ending(job, succeeded >= completions, failed, deadline) is { } ending)
        {
            status["conditions"] = new JsonArray(ending);
            if (ending.Text("type") == "Complete")
            {
                status["completionTime"] = world.Now;
            }
        }

        await world.WriteStatusAsync(Kinds.Job, job, status, cancellation);
        return deadline < DateTimeOffset.MaxValue ? new Outcome.Done(deadline - world.Options.Time.GetUtcNow()) : Outcome.Next;
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

    private JsonObject Status(JsonObject job, List<JsonObject> active, int succeeded, int failed)
    {
        var started = job.Text("status", "startTime");
        var status = new JsonObject { ["startTime"] = started.Length > 0 ? started : world.Now };
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
        return type.Length == 0 ? null : new JsonObject
        {
            ["type"] = type, ["status"] = "True", ["reason"] = reason, ["message"] = message,
            ["lastProbeTime"] = world.Now, ["lastTransitionTime"] = world.Now,
        };
    }

    private static DateTimeOffset Deadline(JsonObject job) =>
        job.Number("spec", "activeDeadlineSeconds") is { } seconds && job.Instant("status", "startTime") is { } start
            ? start + TimeSpan.FromSeconds(seconds)
            : DateTimeOffset.MaxValue;

    private static bool HasEnded(JsonObject job) =>
        job["status"].Condition("Complete").Text("status") == "True" || job["status"].Condition("Failed").Text("status") == "True";
}

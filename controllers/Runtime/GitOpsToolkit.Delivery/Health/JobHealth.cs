namespace GitOpsToolkit.Delivery.Health;

/// <summary>The state of a Job.</summary>
internal static class JobHealth
{
    internal static HealthReport Compute(StatusView view, bool mustFinish)
    {
        if (mustFinish && view.Flag("spec", "suspend"))
        {
            return HealthReport.Current("Job is suspended");
        }

        var parallelism = view.Int(1, "spec", "parallelism");
        var completions = view.Int(parallelism, "spec", "completions");
        var succeeded = view.Int(0, "status", "succeeded");
        var active = view.Int(0, "status", "active");
        var failed = view.Int(0, "status", "failed");
        foreach (var condition in view.Conditions)
        {
            switch (condition)
            {
                case { Type: "Complete", IsTrue: true }:
                    return HealthReport.Current($"Job Completed. succeeded: {succeeded}/{completions}");
                case { Type: "Failed", IsTrue: true }:
                    return HealthReport.Failed($"Job Failed. failed: {failed}/{completions}");
            }
        }

        if (view.Text("", "status", "startTime").Length == 0)
        {
            return HealthReport.InProgress(mustFinish ? $"Job not started. active: 0/{parallelism}" : "Job not started");
        }

        var message = $"Job in progress. success:{succeeded}, active: {active}, failed: {failed}";
        return mustFinish ? HealthReport.InProgress(message) : HealthReport.Current(message);
    }
}

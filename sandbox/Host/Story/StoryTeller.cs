using GitOpsToolkit.Sandbox.Story.Acts;

namespace GitOpsToolkit.Sandbox.Story;

/// <summary>Plays the acts in order; those that a former process finished are not played again.</summary>
internal sealed class StoryTeller(Scene scene, StoryProgress progress)
{
    private static readonly IAct[] Acts = [new Beginning(), new NewTag(), new Drift(), new BrokenCommit(), new RemovedFile()];

    public async Task TellAsync(CancellationToken cancellation)
    {
        await scene.Checkout.CloneAsync(cancellation);
        for (var i = 0; i < Acts.Length; i++)
        {
            var act = Acts[i];
            scene.Timeline.Act(i + 1, act.Title);
            if (progress.IsDone(act.Name))
            {
                scene.Timeline.Note("held before this start");
                continue;
            }

            scene.Timeline.Done(await act.PlayAsync(scene, cancellation));
            progress.Finish(act.Name);
        }
    }
}

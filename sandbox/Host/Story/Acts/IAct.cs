namespace GitOpsToolkit.Sandbox.Story.Acts;

/// <summary>One step of the story. It looks at what is already there, so it can be begun again after a kill at any moment.</summary>
internal interface IAct
{
    /// <summary>The name under which its end is recorded.</summary>
    string Name { get; }

    /// <summary>What it is about, for the reader.</summary>
    string Title { get; }

    /// <summary>Plays it.</summary>
    /// <returns>What it came to, in a sentence.</returns>
    /// <exception cref="StoryFailedException">It did not hold.</exception>
    Task<string> PlayAsync(Scene scene, CancellationToken cancellation);
}

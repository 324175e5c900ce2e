namespace GitOpsToolkit.Sandbox.Story;

/// <summary>A step of the story did not hold; the message says which condition was not met and what was seen instead.</summary>
public sealed class StoryFailedException(string message, Exception? inner = null) : Exception(message, inner);

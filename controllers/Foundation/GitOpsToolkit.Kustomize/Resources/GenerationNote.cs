namespace GitOpsToolkit.Kustomize.Resources;

/// <summary>How a generated object treats one of the same id that is already there.</summary>
internal enum GenerationBehavior
{
    /// <summary>It must be the first.</summary>
    Create,

    /// <summary>It replaces the data of the other, which must be there.</summary>
    Replace,

    /// <summary>It adds to the data of the other, which must be there.</summary>
    Merge,
}

/// <summary>What a generator says about its object.</summary>
/// <param name="NeedsHash">Whether a hash of the content is appended to the name.</param>
/// <param name="Behavior">How it treats an object that is already there.</param>
internal readonly record struct GenerationNote(bool NeedsHash, GenerationBehavior Behavior)
{
    internal static readonly GenerationNote None = new(NeedsHash: false, GenerationBehavior.Create);
}

using System.Diagnostics.CodeAnalysis;

namespace GitOpsToolkit.Kubernetes;

/// <summary>What became of the JSON of an object: a value and the errors in it.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="Value">The value as far as it could be read; null only where there is nothing to read.</param>
/// <param name="Errors">The errors, each with its JSON path.</param>
public readonly record struct Decoded<T>(T? Value, IReadOnlyList<string> Errors)
    where T : class;

/// <summary>One object in a cache.</summary>
/// <typeparam name="T">What objects are decoded to.</typeparam>
/// <param name="Head">The metadata; read even from an object that cannot be decoded.</param>
/// <param name="Value">The object as far as it could be read; null only where it could not be read at all.</param>
/// <param name="Errors">What is wrong with the object, each error with its JSON path; empty for a good one.</param>
public sealed record CacheEntry<T>(PartialObject Head, T? Value, IReadOnlyList<string> Errors)
    where T : class
{
    /// <summary>The object's key.</summary>
    public ObjectKey Key => Head.Key;

    /// <summary>Whether the object can be worked with.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsValid => Value is not null && Errors.Count == 0;
}

/// <summary>What changed in a cache.</summary>
/// <typeparam name="T">What objects are decoded to.</typeparam>
/// <param name="Old">The state before, or null where the object is new.</param>
/// <param name="New">The state after, or null where the object is gone.</param>
public readonly record struct CacheChange<T>(CacheEntry<T>? Old, CacheEntry<T>? New)
    where T : class
{
    /// <summary>The key of the object.</summary>
    public ObjectKey Key => (New ?? Old)!.Key;

    /// <summary>The newest known state: after the change, or the last one of a deleted object.</summary>
    public CacheEntry<T> Entry => (New ?? Old)!;

    /// <summary>Whether the object was not known before.</summary>
    public bool IsAdded => Old is null;

    /// <summary>Whether the object is gone.</summary>
    public bool IsDeleted => New is null;

    /// <summary>Whether an object that was known and still exists changed.</summary>
    public bool IsUpdated => Old is not null && New is not null;
}

/// <summary>What a <see cref="WatchCache{T}"/> holds and how it watches.</summary>
public sealed record WatchCacheOptions
{
    /// <summary>One namespace, or null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Only objects with these labels (sharding); null is all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Ask the server for metadata alone. Default false.</summary>
    public bool MetadataOnly { get; init; }

    /// <summary>Objects a page of a list. Default 500.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>How long one watch stays open. Default 5 minutes, more or less a fifth, so that many watches do not end together.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The first wait after a failure; it doubles with each. Default 500 milliseconds.</summary>
    public TimeSpan MinRetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait after failures. Default 30 seconds.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);
}

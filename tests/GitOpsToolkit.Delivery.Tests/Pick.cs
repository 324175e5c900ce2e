using CsCheck;

namespace GitOpsToolkit.Delivery.Tests;

/// <summary>Generators of one of several values.</summary>
internal static class Pick
{
    internal static Gen<T> From<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);
}

using Xunit;

namespace GitOpsToolkit.Integration.Tests;

/// <summary>Whole sandboxes take the machine for themselves: these tests run one after another.</summary>
[CollectionDefinition(Collection, DisableParallelization = true)]
public sealed class Machine
{
    public const string Collection = "whole machine";
}

using System.Text.Json.Nodes;
using GitOpsToolkit.Conformance.Parts;

namespace GitOpsToolkit.Conformance;

/// <summary>Answers a question; throws where the question itself is at fault.</summary>
public delegate JsonObject Operation(JsonObject question);

/// <summary>The operations whose part of the product exists. One that is not here is answered with <c>unsupported</c>.</summary>
public static class Operations
{
    /// <summary>The operations by name.</summary>
    public static IReadOnlyDictionary<string, Operation> Table { get; } = new Dictionary<string, Operation>(StringComparer.Ordinal)
    {
        ["constraint"] = SemVerPart.Constraint,
        ["constraint-parse"] = SemVerPart.ConstraintParse,
        ["parse"] = question => SemVerPart.Parse(question, Versioning.SemVer.TryParse),
        ["parse-strict"] = question => SemVerPart.Parse(question, Versioning.SemVer.TryParseStrict),
        ["parse-flux"] = question => SemVerPart.Parse(question, Versioning.SemVer.TryParseThreeParts),
        ["compare"] = SemVerPart.Compare,
        ["sort"] = SemVerPart.Sort,
        ["policy"] = ImagePolicyPart.Policy,
        ["filter"] = ImagePolicyPart.Filter,
        ["exclude"] = ImagePolicyPart.Exclude,
        ["setters"] = SettersPart.Set,
        ["gitignore"] = SourceIgnorePart.Match,
        ["sourceignore-tree"] = SourceIgnorePart.Pack,
        ["kstatus"] = HealthPart.Compute,
        ["kstatus-flux"] = HealthPart.ComputeJob,
        ["ssa-sort"] = ApplyOrderPart.Sort,
        ["flux-generate"] = FluxBuildPart.Build,
    };
}

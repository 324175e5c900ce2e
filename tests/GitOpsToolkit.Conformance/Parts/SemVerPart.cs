using System.Text.Json.Nodes;
using GitOpsToolkit.Versioning;

namespace GitOpsToolkit.Conformance.Parts;

internal static class SemVerPart
{
    internal delegate bool Reader(string? text, out SemVer version);

    internal static JsonObject Constraint(JsonObject question)
    {
        if (!SemVerRange.TryParse(question.Text("constraint"), out var range, out var error))
        {
            return new JsonObject { ["constraintError"] = error };
        }

        return SemVer.TryParse(question.Text("version"), out var version)
            ? new JsonObject { ["ok"] = range.Contains(version, question.Flag("includePrerelease")) }
            : new JsonObject { ["versionError"] = "no semantic version" };
    }

    internal static JsonObject ConstraintParse(JsonObject question) =>
        new() { ["ok"] = SemVerRange.TryParse(question.Text("constraint"), out _, out _) };

    internal static JsonObject Parse(JsonObject question, Reader read) => read(question.Text("version"), out var version)
        ? new JsonObject
        {
            ["ok"] = true,
            ["major"] = version.Major,
            ["minor"] = version.Minor,
            ["patch"] = version.Patch,
            ["prerelease"] = version.Prerelease,
            ["metadata"] = version.Metadata,
        }
        : new JsonObject { ["ok"] = false };

    internal static JsonObject Compare(JsonObject question) =>
        new() { ["result"] = SemVer.Parse(question.Text("a")).CompareTo(SemVer.Parse(question.Text("b"))) };

    internal static JsonObject Sort(JsonObject question)
    {
        var range = question.Text("constraint") is { Length: > 0 } text ? SemVerRange.Parse(text) : null;
        return new JsonObject { ["sorted"] = SemVerOrder.Descending(question.Texts("tags"), range).ToJson() };
    }
}

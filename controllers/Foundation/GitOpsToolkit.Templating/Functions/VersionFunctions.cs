using GitOpsToolkit.Versioning;
using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on semantic versions.</summary>
internal static class VersionFunctions
{
    private static readonly GoType VersionType = GoType.Struct(
        "semver.Version",
        [],
        new GoFunction("String", [], (_, a) => GoValue.Of(Version(a[0]).ToString())),
        new GoFunction("Original", [], (_, a) => GoValue.Of(Version(a[0]).Original)),
        new GoFunction("Major", [], (_, a) => GoValue.Number(GoType.Uint64, (long)Version(a[0]).Major)),
        new GoFunction("Minor", [], (_, a) => GoValue.Number(GoType.Uint64, (long)Version(a[0]).Minor)),
        new GoFunction("Patch", [], (_, a) => GoValue.Number(GoType.Uint64, (long)Version(a[0]).Patch)),
        new GoFunction("Prerelease", [], (_, a) => GoValue.Of(Version(a[0]).Prerelease)),
        new GoFunction("Metadata", [], (_, a) => GoValue.Of(Version(a[0]).Metadata)),
        new GoFunction("Compare", [Any], (_, a) => GoValue.Of((long)Version(a[0]).CompareTo(Other(a[1])))),
        new GoFunction("Equal", [Any], (_, a) => GoValue.Of(Version(a[0]) == Other(a[1]))),
        new GoFunction("LessThan", [Any], (_, a) => GoValue.Of(Version(a[0]) < Other(a[1]))),
        new GoFunction("GreaterThan", [Any], (_, a) => GoValue.Of(Version(a[0]) > Other(a[1]))),
        new GoFunction("IncMajor", [], (_, a) => Value(new SemVerParts(Version(a[0])).NextMajor())),
        new GoFunction("IncMinor", [], (_, a) => Value(new SemVerParts(Version(a[0])).NextMinor())),
        new GoFunction("IncPatch", [], (_, a) => Value(new SemVerParts(Version(a[0])).NextPatch())));

    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Of("semver", [Text], a => GoValue.PointerTo(Value(Parse(a[0].Bytes)))),
        Of("semverCompare", [Text, Text], a => GoValue.Of(IsIn(a[0].Bytes, a[1].Bytes))),
    ];

    /// <summary>The text of a version value; null for other values.</summary>
    internal static string? TextOf(GoValue value) =>
        ReferenceEquals(value.Type, VersionType) ? Version(value).ToString() : null;

    private static GoValue Value(SemVer version) => new(VersionType, new GoStruct([]) { Opaque = version });

    private static SemVer Version(GoValue value) => (SemVer)Execution.Executor.Indirect(value).Value.Struct.Opaque!;

    private static SemVer Other(GoValue value)
    {
        var held = Execution.Executor.Indirect(value).Value;
        return ReferenceEquals(held.Type, VersionType)
            ? Version(held)
            : throw new GoException($"wrong type for value; expected *semver.Version; got {held.Type?.Name ?? "nil"}");
    }

    private static SemVer Parse(string text)
    {
        if (SemVer.TryParse(text, out var version))
        {
            return version;
        }

        throw new GoException("invalid semantic version");
    }

    private static bool IsIn(string range, string version)
    {
        if (!SemVerRange.TryParse(range, out var parsed, out var error))
        {
            throw new GoException(GoText.FromText(error));
        }

        return parsed.Contains(Parse(version));
    }

    /// <summary>The versions that come next; a prerelease's next patch is its release.</summary>
    private readonly record struct SemVerParts(SemVer Version)
    {
        internal SemVer NextMajor() => Make(Version.Major + 1, 0, 0);

        internal SemVer NextMinor() => Make(Version.Major, Version.Minor + 1, 0);

        internal SemVer NextPatch() => Make(Version.Major, Version.Minor, Version.Patch + (Version.IsPrerelease ? 0UL : 1UL));

        private SemVer Make(ulong major, ulong minor, ulong patch)
        {
            var v = Version.Original.StartsWith('v') ? "v" : "";
            return SemVer.Parse(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{v}{major}.{minor}.{patch}"));
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Templating.Tests;

/// <summary>The data that the oracle answers with: of types of every kind, and of a commit message.</summary>
internal static class GoData
{
    internal static readonly GoType Change = GoType.Struct(
        "update.Change",
        [new("OldValue", GoType.String), new("NewValue", GoType.String), new("Setter", GoType.String)]);

    private static readonly GoType Name = GoType.Struct(
        "types.NamespacedName",
        [new("Namespace", GoType.String), new("Name", GoType.String)],
        new GoFunction("String", [], (_, a) => GoValue.OfBytes($"{a[0].Struct.Fields[0].Bytes}/{a[0].Struct.Fields[1].Bytes}")));

    private static readonly GoType Identifier = GoType.Struct(
        "update.ResourceIdentifier",
        [new("Name", GoType.String), new("Namespace", GoType.String), new("APIVersion", GoType.String), new("Kind", GoType.String)]);

    private static readonly GoType Object = GoType.Struct(
        "update.ObjectIdentifier", [new("ResourceIdentifier", Identifier) { IsEmbedded = true }]);

    private static readonly GoType Changes = GoType.SliceOf(Change);

    private static readonly GoType ObjectChanges = GoType.Named("update.ObjectChanges", GoType.MapOf(Object, Changes));

    private static readonly GoType Files = GoType.MapOf(GoType.String, ObjectChanges);

    private static readonly GoType Result = GoType.Struct(
        "update.Result",
        [new("FileChanges", Files)],
        new GoFunction("Objects", [], (_, a) => Merged(a[0])),
        new GoFunction("Changes", [], (_, a) => Flat(a[0])));

    private static readonly GoType Message = GoType.Struct(
        "source.TemplateData",
        [new("AutomationObject", Name), new("Changed", Result), new("Values", GoType.MapOf(GoType.String, GoType.String))]);

    /// <summary>What data.json has, and what JSON cannot say.</summary>
    internal static GoValue Values(string file)
    {
        var map = Json(JsonNode.Parse(System.IO.File.ReadAllText(file)));
        var change = Struct(Change, "v1", "v2", "ns:p:tag");
        Put("int", GoValue.Of(42));
        Put("minus", GoValue.Of(-7));
        Put("zero", GoValue.Of(0));
        Put("int64", GoValue.OfInt64(1234567890123));
        Put("uint8", GoValue.Number(GoType.Uint8, 200));
        Put("uint64", new GoValue(GoType.Uint64, ulong.MaxValue));
        Put("strings", GoValue.OfStrings(["a", "b", "c"]));
        Put("ints", GoValue.ListOf([GoValue.Of(3), GoValue.Of(1), GoValue.Of(2)], GoType.SliceOf(GoType.Int)));
        Put("bytes", GoValue.ListOf("hi".Select(c => GoValue.Number(GoType.Uint8, c)), GoType.SliceOf(GoType.Uint8)));
        Put("labels", Texts(("b", "2"), ("a", "1")));
        Put("numbered", GoValue.MapOf(
            [new(GoValue.Of(10), GoValue.Of("ten")), new(GoValue.Of(9), GoValue.Of("nine")), new(GoValue.Of(-1), GoValue.Of("minus"))],
            GoType.MapOf(GoType.Int, GoType.String)));
        Put("nilList", new GoValue(GoType.Strings, null));
        Put("nilMap", new GoValue(GoType.Dictionary, null));
        Put("change", change);
        Put("pointer", GoValue.PointerTo(change));
        Put("nilPointer", new GoValue(GoType.PointerTo(Change), null));
        Put("object", Struct(Name, "ns", "app"));
        return map;

        void Put(string name, GoValue value) => map.Map![GoValue.Of(name)] = value;
    }

    internal static GoValue CommitMessage()
    {
        var app = Struct(Change, "repo/app:v1.0.0", "repo/app:v1.1.0", "flux:app");
        var tag = Struct(Change, "v1.0.0", "v1.1.0", "flux:app:tag");
        var web = Struct(Change, "repo/web:1", "repo/web:2@sha256:abc", "flux:web");
        var files = GoValue.MapOf(
        [
            File("apps/web.yaml", Of("apps/v1", "Deployment", "prod", "web", web)),
            File("apps/app.yaml", Of("apps/v1", "Deployment", "prod", "app", app, tag), Of("batch/v1", "CronJob", "prod", "app", app)),
            File("kustomization.yaml", Of("kustomize.config.k8s.io/v1beta1", "Kustomization", "", "", tag)),
        ], Files);
        return GoValue.StructOf(
            Message, Struct(Name, "flux-system", "automation"), GoValue.StructOf(Result, files),
            Texts(("cluster", "prod-eu"), ("team", "web & <ops>")));
    }

    internal static GoValue Json(JsonNode? node) => node switch
    {
        JsonObject map => GoValue.MapOf(map.Select(entry => KeyValuePair.Create(GoValue.Of(entry.Key), Json(entry.Value)))),
        JsonArray list => GoValue.ListOf(list.Select(Json)),
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.String => GoValue.Of(value.GetValue<string>()),
            JsonValueKind.Number => GoValue.Of(value.GetValue<double>()),
            var kind => GoValue.Of(kind == JsonValueKind.True),
        },
        _ => default,
    };

    private static GoValue Struct(GoType type, params string[] fields) =>
        GoValue.StructOf(type, [.. fields.Select(field => GoValue.Of(field))]);

    private static GoValue Texts(params (string Key, string Value)[] entries) => GoValue.MapOf(
        entries.Select(entry => KeyValuePair.Create(GoValue.Of(entry.Key), GoValue.Of(entry.Value))), GoType.MapOf(GoType.String, GoType.String));

    private static KeyValuePair<GoValue, GoValue> File(string name, params KeyValuePair<GoValue, GoValue>[] objects) =>
        KeyValuePair.Create(GoValue.Of(name), GoValue.MapOf(objects, ObjectChanges));

    private static KeyValuePair<GoValue, GoValue> Of(string version, string kind, string ns, string name, params GoValue[] changes) =>
        KeyValuePair.Create(
            GoValue.StructOf(Object, Struct(Identifier, name, ns, version, kind)), GoValue.ListOf(changes, Changes));

    private static GoValue Merged(GoValue result)
    {
        var all = result.Struct.Fields[0].Map!.Sorted().SelectMany(file => file.Value.Map!.Sorted())
            .GroupBy(entry => entry.Key, entry => entry.Value, new SameObject());
        return GoValue.MapOf(
            all.Select(group => KeyValuePair.Create(group.Key, GoValue.ListOf(group.SelectMany(changes => changes.Items), Changes))), ObjectChanges);
    }

    private static GoValue Flat(GoValue result)
    {
        var all = new List<GoValue>();
        foreach (var change in result.Struct.Fields[0].Map!.Sorted().SelectMany(file => file.Value.Map!.Sorted()).SelectMany(entry => entry.Value.Items))
        {
            if (!all.Exists(other => GoOrder.AreSame(other, change)))
            {
                all.Add(change);
            }
        }

        return GoValue.ListOf(all, Changes);
    }

    private sealed class SameObject : IEqualityComparer<GoValue>
    {
        public bool Equals(GoValue x, GoValue y) => GoOrder.AreSame(x, y);

        public int GetHashCode(GoValue obj) => 0;
    }
}

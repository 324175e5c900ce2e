using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.ApiServer.Auth;

/// <summary>Who acts: by token, or by impersonation.</summary>
internal sealed record UserInfo(string Name, string Uid, IReadOnlyList<string> Groups, IReadOnlyDictionary<string, IReadOnlyList<string>> Extra)
{
    private static readonly Dictionary<string, IReadOnlyList<string>> NoExtra = [];

    public static UserInfo Anonymous { get; } = new("system:anonymous", "", ["system:unauthenticated"], NoExtra);

    public static UserInfo Admin { get; } = new("kubernetes-admin", "", ["system:masters", "system:authenticated"], NoExtra);

    public static UserInfo ServiceAccount(string space, string name, string uid) => new(
        $"system:serviceaccount:{space}:{name}", uid,
        ["system:serviceaccounts", $"system:serviceaccounts:{space}", "system:authenticated"], NoExtra);

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["username"] = Name };
        if (Uid.Length > 0)
        {
            json["uid"] = Uid;
        }

        json["groups"] = new JsonArray([.. Groups.Select(g => JsonValue.Create(g))]);
        if (Extra.Count > 0)
        {
            json["extra"] = new JsonObject(Extra.Select(e => KeyValuePair.Create(
                e.Key, (JsonNode?)new JsonArray([.. e.Value.Select(v => JsonValue.Create(v))]))));
        }

        return json;
    }
}

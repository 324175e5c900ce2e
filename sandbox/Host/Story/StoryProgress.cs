using System.Text.Json;
using System.Text.Json.Serialization;

namespace GitOpsToolkit.Sandbox.Story;

/// <summary>
/// What of the story is behind us, kept in the state directory: a process killed in the middle goes on from there. Every act can be
/// begun again, so only finished ones are recorded.
/// </summary>
internal sealed partial class StoryProgress
{
    private readonly string _file;
    private readonly HashSet<string> _done;

    private StoryProgress(string file, IEnumerable<string> done)
    {
        _file = file;
        _done = [.. done];
    }

    public static StoryProgress Open(string stateDirectory)
    {
        var file = Path.Combine(stateDirectory, "story.json");
        if (!File.Exists(file))
        {
            return new StoryProgress(file, []);
        }

        var done = JsonSerializer.Deserialize(File.ReadAllText(file), ProgressJson.Default.StringArray);
        return new StoryProgress(file, done ?? []);
    }

    public bool IsDone(string act) => _done.Contains(act);

    public void Finish(string act)
    {
        _done.Add(act);
        // Written beside and renamed: a kill leaves the old file or the new one, never half of one.
        var temporary = _file + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize([.. _done.Order(StringComparer.Ordinal)], ProgressJson.Default.StringArray));
        File.Move(temporary, _file, overwrite: true);
    }

    [JsonSerializable(typeof(string[]))]
    private sealed partial class ProgressJson : JsonSerializerContext;
}

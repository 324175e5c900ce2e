using System.Text;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.Kubernetes;
using Microsoft.Data.Sqlite;

namespace GitOpsToolkit.Benchmarks.Images;

/// <summary>
/// The peer of the tag store: the same sets in SQLite, a row a tag, only the difference written, one transaction a scan, in WAL mode.
/// </summary>
internal sealed class SqliteTagStore : IBenchmarkedStore
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand find;
    private readonly SqliteCommand add;
    private readonly SqliteCommand remove;
    private readonly SqliteCommand touch;

    public SqliteTagStore(string folder)
    {
        Directory.CreateDirectory(folder);
        connection = new SqliteConnection($"Data Source={Path.Combine(folder, "tags.db")}");
        connection.Open();
        Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
        Execute("""
            CREATE TABLE IF NOT EXISTS sets(repository TEXT PRIMARY KEY, image TEXT, revision TEXT, scanned INTEGER) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS tags(repository TEXT, tag TEXT, seen INTEGER, PRIMARY KEY(repository, tag)) WITHOUT ROWID;
            """);
        find = Command("SELECT tag FROM tags WHERE repository=$r ORDER BY tag DESC", "$r");
        add = Command("INSERT INTO tags VALUES($r,$t,$s)", "$r", "$t", "$s");
        remove = Command("DELETE FROM tags WHERE repository=$r AND tag=$t", "$r", "$t");
        touch = Command("INSERT OR REPLACE INTO sets VALUES($r,$i,$v,$s)", "$r", "$i", "$v", "$s");
    }

    public void Replace(ObjectKey repository, ScannedTags scanned)
    {
        var key = repository.ToString();
        var before = Tags(repository).ToHashSet(StringComparer.Ordinal);
        using var transaction = connection.BeginTransaction();
        var revision = TagSets.Create(scanned).Revision;
        foreach (var utf8 in scanned.Tags)
        {
            var tag = Encoding.ASCII.GetString(utf8);
            if (!before.Remove(tag))
            {
                Run(add, transaction, key, tag, scanned.At.ToUnixTimeMilliseconds());
            }
        }

        foreach (var gone in before)
        {
            Run(remove, transaction, key, gone);
        }

        Run(touch, transaction, key, scanned.Image, revision, scanned.At.ToUnixTimeMilliseconds());
        transaction.Commit();
    }

    public IReadOnlyList<string> Tags(ObjectKey repository)
    {
        find.Parameters[0].Value = repository.ToString();
        using var reader = find.ExecuteReader();
        var list = new List<string>();
        while (reader.Read())
        {
            list.Add(reader.GetString(0));
        }

        return list;
    }

    public void Dispose()
    {
        foreach (var command in (SqliteCommand[])[find, add, remove, touch])
        {
            command.Dispose();
        }

        connection.Dispose();
        SqliteConnection.ClearAllPools();
    }

    private static void Run(SqliteCommand command, SqliteTransaction transaction, params object[] values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string text, params string[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }

        return command;
    }

    private void Execute(string text)
    {
        using var command = Command(text);
        command.ExecuteNonQuery();
    }
}

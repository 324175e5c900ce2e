using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Archives.Tests;

public sealed class IgnoreRulesTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("a*c", "abbc", true)]
    [InlineData("a*c", "abcd", false)]
    [InlineData("*a*b*", "xxayybzz", true)]
    [InlineData("?", "é", true)]
    [InlineData("?", "😀", true)]
    [InlineData("??", "é", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[^a-c]x", "bx", false)]
    [InlineData("[^a-c]x", "dx", true)]
    [InlineData("[\\]]", "]", true)]
    [InlineData("[]]", "]", false)]
    [InlineData("[a-]", "a", false)]
    [InlineData("[a", "a", false)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "x", false)]
    [InlineData("a\\", "a", false)]
    [InlineData("]", "]", true)]
    public void Segments_match_as_in_Go(string pattern, string name, bool expected) => Assert.Equal(expected, new GlobSegment(pattern).IsMatch(name));

    [Fact]
    public void Many_stars_take_no_time()
    {
        var glob = new GlobSegment(string.Concat(Enumerable.Repeat("*a", 40)));
        Assert.False(glob.IsMatch(new string('a', 5000) + "b"));
    }

    [Theory]
    [InlineData("# a\n\n  \n*.md\r\n!README.md", "docs/x.md", true)]
    [InlineData("# a\n\n  \n*.md\r\n!README.md", "docs/README.md", false)]
    [InlineData("/docs", "docs/x", true)]
    [InlineData("/docs", "a/docs", false)]
    [InlineData("/docs", "docs", true)]
    [InlineData("docs/", "a/docs/x", true)]
    [InlineData("docs/", "docs", false)]
    [InlineData("a b \n", "a b", true)]
    public void Lines_are_read(string text, string path, bool ignored) =>
        Assert.Equal(ignored, new IgnoreRules([.. IgnoreRules.ReadPatterns(text, [])]).Ignores(path, isFolder: false));

    [Fact]
    public void Patterns_hold_in_the_folder_of_their_file_and_the_spec_has_the_last_word()
    {
        using var folder = new TempDirectory();
        Directory.CreateDirectory(folder["a/b"]);
        Directory.CreateDirectory(folder[".git"]);
        File.WriteAllText(folder["a/.sourceignore"], "*.txt\n");
        File.WriteAllText(folder[".git/.sourceignore"], "*\n");
        var tree = new FolderTree(folder.Path);

        var rules = IgnoreRules.Load(tree, null);
        Assert.True(rules.Ignores("a/b/x.txt", false));
        Assert.False(rules.Ignores("x.txt", false));
        Assert.False(rules.Ignores("logo.png", false));
        Assert.True(rules.Ignores(".git/config", false));
        Assert.True(rules.Ignores("a/.gitignore", false));

        Assert.False(IgnoreRules.Load(tree, "!*.txt").Ignores("a/b/x.txt", false));
        File.Delete(folder["a/.sourceignore"]);
        Assert.True(IgnoreRules.Load(tree, "# only a comment").Ignores("logo.png", false));
        Assert.False(IgnoreRules.Load(tree, "x").Ignores("logo.png", false));
    }
}

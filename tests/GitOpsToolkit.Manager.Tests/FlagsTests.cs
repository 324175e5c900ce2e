using System.CommandLine;
using GitOpsToolkit.Manager.Flags;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GitOpsToolkit.Manager.Tests;

/// <summary>The command line as existing Deployments of Flux's controllers use it.</summary>
public sealed class FlagsTests
{
    [Fact]
    public void Without_flags_everything_is_as_flux_has_it()
    {
        var options = Bind();

        Assert.Equal(["source", "kustomize", "image-reflector", "image-automation"], options.Common.Controllers);
        Assert.Equal(8080, options.Common.MetricsAddress!.Port);
        Assert.Equal(9440, options.Common.HealthAddress!.Port);
        Assert.Equal(LogLevel.Information, options.Common.LogLevel);
        Assert.Equal("json", options.Common.LogEncoding);
        Assert.False(options.Common.LeaderElection);
        Assert.True(options.Common.ReleaseOnCancel);
        Assert.Equal(TimeSpan.FromSeconds(35), options.Common.LeaseDuration);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Common.RenewDeadline);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Common.RetryPeriod);
        Assert.Equal(TimeSpan.FromMilliseconds(750), options.Common.MinRetryDelay);
        Assert.Equal(TimeSpan.FromMinutes(15), options.Common.MaxRetryDelay);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Common.RequeueDependency);
        Assert.Equal(5, options.Common.IntervalJitterPercentage);
        Assert.Null(options.Common.WatchNamespace);
        Assert.Null(options.Common.WatchLabelSelector);
        Assert.Equal(2, options.Source.Concurrency);
        Assert.Equal(":9090", options.Source.StorageAddress);
        Assert.Equal(TimeSpan.FromMinutes(1), options.Source.ArtifactRetentionTtl);
        Assert.Equal(2, options.Source.ArtifactRetentionRecords);
        Assert.Equal(4, options.Kustomize.Concurrent);
        Assert.Equal(4, options.Kustomize.ConcurrentSsa);
        Assert.Equal(9, options.Kustomize.HttpRetry);
        Assert.Empty(options.WithoutEffect);
    }

    [Fact]
    public void Flags_of_a_flux_deployment_are_understood()
    {
        var options = Bind(
            "--controllers=source", "--events-addr=http://notification-controller.flux-system.svc.cluster.local./", "--watch-all-namespaces=true",
            "--log-level=debug", "--log-encoding=console", "--enable-leader-election", "--storage-path=/var/data",
            "--storage-adv-addr=source-controller.flux-system.svc.cluster.local.", "--concurrent=20", "--requeue-dependency=5s",
            "--interval-jitter-percentage=0", "--scan-start-spread=5s", "--artifact-retention-ttl=1h30m", "--no-cross-namespace-refs=true",
            "--feature-gates=ExternalArtifact=true");

        Assert.Equal(["source"], options.Common.Controllers);
        Assert.Equal(LogLevel.Debug, options.Common.LogLevel);
        Assert.Equal("console", options.Common.LogEncoding);
        Assert.True(options.Common.LeaderElection);
        Assert.Equal("/var/data", options.Source.StoragePath);
        Assert.Equal("source-controller.flux-system.svc.cluster.local.", options.Source.StorageAdvertisedAddress);
        Assert.Equal(20, options.Source.Concurrency);
        Assert.Equal(20, options.Kustomize.Concurrent);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Kustomize.RequeueDependency);
        Assert.Equal(0, options.Source.IntervalJitterPercentage);
        Assert.Equal(TimeSpan.FromSeconds(5), options.ImageReflector.ScanStartSpread);
        Assert.Equal(TimeSpan.FromMinutes(90), options.Source.ArtifactRetentionTtl);
        Assert.True(options.Kustomize.NoCrossNamespaceRefs);
        Assert.True(options.Kustomize.ExternalArtifact);
        Assert.Contains(options.WithoutEffect, note => note.StartsWith("--events-addr: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--gc-interval=10m", "the tags of an ImageRepository are one packed file, written anew where they change: there is nothing to collect or compress")]
    [InlineData("--default-kubeconfig-service-account=x", "spec.kubeConfig is not honoured yet: an object that uses it is Stalled")]
    [InlineData("--default-decryption-service-account=x", "decryption is not honoured yet: an object that asks for it is Stalled")]
    [InlineData("--ssh-kex-algos=x", "OpenSSH's own defaults decide which algorithms ssh offers and takes")]
    public void A_flag_of_Flux_that_means_nothing_here_says_why(string flag, string reason) =>
        Assert.Equal([$"{flag.Split('=')[0]}: {reason}"], Bind(flag).WithoutEffect);

    [Fact]
    public void Several_controllers_in_one_process_share_no_folder()
    {
        var options = Bind("--controllers=source,image-reflector", "--storage-path=/data");

        Assert.Equal("/data/source", options.Source.StoragePath);
        Assert.Equal("/data/image-reflector", options.ImageReflector.StoragePath);
    }

    [Theory]
    [InlineData("--requeue-dependency=1d", "1d")]
    [InlineData("--metrics-addr=8080", "8080")]
    [InlineData("--log-level=loud", "loud")]
    [InlineData("--controllers=helm", "helm")]
    [InlineData("--feature-gates=Flying=true", "Flying")]
    [InlineData("--concurrent=many", "many")]
    [InlineData("--concurrent=0", "1 to")]
    [InlineData("--interval-jitter-percentage=100", "0 to 99")]
    [InlineData("--http-retry=-1", "-1")]
    [InlineData("--log-encoding=xml", "json, console")]
    [InlineData("--enable-leader-election=maybe", "maybe")]
    public void A_bad_value_is_refused_and_named(string flag, string named)
    {
        var parsed = Command().Parse([flag]);

        Assert.Contains(parsed.Errors, error => error.Message.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public void Of_a_flag_that_is_given_twice_the_last_one_counts()
    {
        var options = Bind(
            "--log-level=info", "--log-level=debug", "--storage-path=/a", "--storage-path", "/b", "--enable-leader-election", "--enable-leader-election=false",
            "--override-manager=one", "--override-manager=two");

        Assert.Equal(LogLevel.Debug, options.Common.LogLevel);
        Assert.Equal("/b", options.ImageReflector.StoragePath[..2]);
        Assert.False(options.Common.LeaderElection);
        Assert.Equal(["one", "two"], options.Kustomize.OverrideManagers);
    }

    [Theory]
    [InlineData("--metrics-addr=0")]
    [InlineData("--metrics-addr=")]
    public void No_address_means_not_to_listen(string flag) => Assert.Null(Bind(flag).Common.MetricsAddress);

    [Fact]
    public void An_unknown_flag_is_fatal() =>
        Assert.Contains(Command().Parse(["--no-such-flag=1"]).Errors, error => error.Message.Contains("--no-such-flag", StringComparison.Ordinal));

    [Theory]
    [InlineData("*", "source,kustomize,image-reflector,image-automation")]
    [InlineData("kustomize-controller, source", "kustomize,source")]
    [InlineData("source,source", "source")]
    public void Controllers_are_named_in_several_ways(string text, string expected) =>
        Assert.Equal(expected.Split(','), ControllerNames.Parse(text));

    [Theory]
    [InlineData("source", null, "source-controller-leader-election")]
    [InlineData("kustomize", "sharding.fluxcd.io/key=shard1", "kustomize-controller-leader-election-")]
    public void Leases_have_flux_names_and_a_shard_its_own(string controller, string? selector, string expected)
    {
        var name = ToolkitControllers.LeaseName(controller, selector);

        Assert.StartsWith(expected, name);
        Assert.Equal(expected.Length + (selector is null ? 0 : 8), name.Length);
    }

    [Fact]
    public void Help_tells_each_flag_with_its_default()
    {
        var command = Command();

        Assert.All(command.Options, option => Assert.True(option.Description is { Length: > 0 } || option is VersionOption or System.CommandLine.Help.HelpOption, option.Name));
        Assert.Contains(command.Options, option => option.Description?.Contains("default 750ms", StringComparison.Ordinal) == true);
    }

    private static RootCommand Command() => ManagerCommand.Create(TimeProvider.System, Stream.Null);

    private static ToolkitOptions Bind(params string[] args)
    {
        var flags = new ToolkitFlags();
        var command = new RootCommand();
        foreach (var option in flags.All)
        {
            command.Options.Add(option);
        }

        var parsed = command.Parse(args);
        Assert.Empty(parsed.Errors);
        return flags.Bind(parsed);
    }
}

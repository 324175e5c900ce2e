using System.CommandLine;

namespace GitOpsToolkit.Manager.Flags;

/// <summary>
/// Flags of Flux's controllers that mean nothing here. They are accepted, so that existing Deployments start, and each one that is given
/// is told in the log with its reason.
/// </summary>
internal sealed class FlagsWithoutEffect
{
    private const string Helm = "Helm's kinds are not reconciled yet";
    private const string Ssh = "OpenSSH's own defaults decide which algorithms ssh offers and takes";
    private const string Sops = "decryption is not honoured yet: an object that asks for it is Stalled";
    private const string TokenCache = "tokens of clouds are kept until shortly before they expire";
    private const string KubeConfig = "spec.kubeConfig is not honoured yet: an object that uses it is Stalled";
    private const string Flow = "the server's priority and fairness decides, and 429 is honoured";
    private const string Store = "the tags of an ImageRepository are one packed file, written anew where they change: there is nothing to collect or compress";

    private static readonly (string Name, string Reason)[] Known =
    [
        ("--events-addr", "events go to the Kubernetes API only, for now"),
        ("--kube-api-qps", Flow), ("--kube-api-burst", Flow),
        ("--watch-configs-label-selector", "ConfigMaps and Secrets are not watched yet"),
        ("--token-cache-max-size", TokenCache), ("--token-cache-max-duration", TokenCache),
        ("--default-kubeconfig-service-account", KubeConfig), ("--default-decryption-service-account", Sops),
        ("--helm-index-max-size", Helm), ("--helm-chart-max-size", Helm), ("--helm-chart-file-max-size", Helm),
        ("--helm-cache-max-size", Helm), ("--helm-cache-ttl", Helm), ("--helm-cache-purge-interval", Helm),
        ("--ssh-kex-algos", Ssh), ("--ssh-hostkey-algos", Ssh),
        ("--no-remote-bases", "remote bases are always refused"),
        ("--sops-age-secret", Sops), ("--sops-vault-configmap", Sops),
        ("--insecure-kubeconfig-exec", KubeConfig), ("--insecure-kubeconfig-tls", KubeConfig),
        ("--storage-value-log-file-size", Store), ("--storage-compression-threshold", Store), ("--gc-interval", Store),
    ];

    private readonly (string Name, Flag<string> Flag, string Reason)[] _flags;

    public FlagsWithoutEffect(FlagSet flags) => _flags = [.. Known.Select(known => (known.Name, flags.WithoutEffect(known.Name, known.Reason), known.Reason))];

    /// <summary>Those that were given.</summary>
    public IReadOnlyList<string> Given(ParseResult parsed) =>
        [.. _flags.Where(flag => flag.Flag.IsGiven(parsed)).Select(flag => $"{flag.Name}: {flag.Reason}")];
}

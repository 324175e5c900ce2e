using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using k8s.KubeConfigModels;

namespace GitOpsToolkit.Kubernetes;

/// <summary>Reads kubeconfig files with the KubernetesClient package, and with all of a cluster's authorities, of which it reads the first alone.</summary>
public static class KubeConfigFile
{
    /// <summary>What a kubeconfig file says of one context; of the current one unless another is named.</summary>
    /// <exception cref="k8s.Exceptions.KubeConfigException">The file is missing or does not make a connection.</exception>
    public static KubernetesClientConfiguration Read(string path, string? context = null)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new k8s.Exceptions.KubeConfigException($"kubeconfig file not found at {file.FullName}");
        }

        var parsed = KubernetesClientConfiguration.LoadKubeConfig(file);
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigObject(parsed, context);
        if (configuration.SslCaCerts is not null)
        {
            configuration.SslCaCerts = Authorities(parsed, configuration.CurrentContext, file);
        }

        return configuration;
    }

    /// <summary>A bundle, as it is common while authorities change and where an intermediate one signs.</summary>
    private static X509Certificate2Collection Authorities(K8SConfiguration parsed, string context, FileInfo file)
    {
        var name = parsed.Contexts.First(entry => entry.Name == context).ContextDetails.Cluster;
        var cluster = parsed.Clusters.First(entry => entry.Name == name).ClusterEndpoint;
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(cluster.CertificateAuthorityData is { Length: > 0 } data
                ? Encoding.UTF8.GetString(Convert.FromBase64String(data))
                : File.ReadAllText(Path.Combine(file.DirectoryName!, cluster.CertificateAuthority)));
        }
        catch (CryptographicException error)
        {
            throw new k8s.Exceptions.KubeConfigException($"{file.FullName}: the authority of cluster '{name}' is no PEM certificate", error);
        }

        return certificates.Count > 0
            ? certificates
            : throw new k8s.Exceptions.KubeConfigException($"{file.FullName}: the authority of cluster '{name}' holds no PEM certificate");
    }
}

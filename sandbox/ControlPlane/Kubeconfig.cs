namespace GitOpsToolkit.Sandbox.ControlPlanes;

/// <summary>The file that tells kubectl and every client where a cluster is and who they are.</summary>
internal static class Kubeconfig
{
    /// <summary>The text for one user of one cluster. Holds the token.</summary>
    public static string Text(Uri address, string authorityPem, string token) => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: control-plane
          cluster:
            server: {address.ToString().TrimEnd('/')}
            certificate-authority-data: {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(authorityPem))}
        users:
        - name: user
          user:
            token: {token}
        contexts:
        - name: control-plane
          context:
            cluster: control-plane
            user: user
            namespace: default
        current-context: control-plane

        """;
}

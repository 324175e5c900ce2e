using System.Text;

namespace GitOpsToolkit.Benchmarks.Builds;

/// <summary>A base of N objects and an overlay with prefix, namespace, labels, an image, a patch and a generator.</summary>
internal static class BuildInput
{
    internal static void Write(string folder, int objects)
    {
        Directory.CreateDirectory(Path.Combine(folder, "base"));
        Directory.CreateDirectory(Path.Combine(folder, "overlay"));
        var list = new StringBuilder("resources:\n");
        for (var i = 0; i < objects / 4; i++)
        {
            File.WriteAllText(Path.Combine(folder, "base", $"app{i}.yaml"), App(i));
            list.Append($"  - app{i}.yaml\n");
        }

        File.WriteAllText(Path.Combine(folder, "base", "kustomization.yaml"), list.ToString());
        File.WriteAllText(Path.Combine(folder, "overlay", "kustomization.yaml"), """
            resources:
              - ../base
            namespace: production
            namePrefix: prod-
            labels:
              - pairs:
                  team: platform
                includeSelectors: true
            images:
              - name: registry.example.com/web
                newTag: v2.0.0
            patches:
              - target:
                  kind: Deployment
                patch: |
                  - op: replace
                    path: /spec/replicas
                    value: 3
            configMapGenerator:
              - name: settings
                literals:
                  - MODE=production
            """);
    }

    private static string App(int i) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: app{{i}}
          labels:
            app: app{{i}}
        spec:
          replicas: 1
          revisionHistoryLimit: 5
          strategy:
            rollingUpdate:
              maxUnavailable: 0
            type: RollingUpdate
          selector:
            matchLabels:
              app: app{{i}}
          template:
            metadata:
              annotations:
                prometheus.io/scrape: "true"
              labels:
                app: app{{i}}
            spec:
              serviceAccountName: app{{i}}
              containers:
                - name: web
                  image: registry.example.com/web:v1.0.0
                  command:
                    - ./web
                    - --port=8080
                  envFrom:
                    - configMapRef:
                        name: app{{i}}
                  ports:
                    - name: http
                      containerPort: 8080
                      protocol: TCP
                  livenessProbe:
                    httpGet:
                      path: /healthz
                      port: http
                    initialDelaySeconds: 5
                  resources:
                    limits:
                      memory: 512Mi
                    requests:
                      cpu: 100m
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: app{{i}}
        spec:
          selector:
            app: app{{i}}
          ports:
            - name: http
              port: 80
              targetPort: http
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: app{{i}}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: app{{i}}
        data:
          LEVEL: info
          ENDPOINT: https://app{{i}}.example.com/api
        """;
}

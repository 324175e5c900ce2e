using System.Text.Json.Nodes;
using CsCheck;

namespace GitOpsToolkit.Api.Tests;

/// <summary>Objects with every field set, as the tables of the API have them, and generated variations of them.</summary>
internal static class SampleObjects
{
    private const string Conditions = """
        "conditions":[{"type":"Ready","status":"True","observedGeneration":2,"lastTransitionTime":"2026-01-31T12:00:00Z","reason":"Succeeded","message":"stored"}]
        """;

    private const string Artifact = """
        {"path":"gitrepository/apps/web/abc.tar.gz","url":"http://source/abc.tar.gz","revision":"main@sha1:abc","digest":"sha256:0123","lastUpdateTime":"2026-01-31T12:00:00Z","size":17,"metadata":{"k":"v"}}
        """;

    private const string Metadata = """
        {"name":"web","namespace":"apps","uid":"0-1","resourceVersion":"42","generation":2,"creationTimestamp":"2026-01-31T11:00:00Z","deletionTimestamp":"2026-02-01T11:00:00Z",
         "labels":{"l":"1"},"annotations":{"reconcile.fluxcd.io/requestedAt":"t"},
         "ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"o","uid":"u","controller":true,"blockOwnerDeletion":true}],"finalizers":["finalizers.fluxcd.io"]}
        """;

    private const string Selector = """{"group":"apps","version":"v1","kind":"Deployment","namespace":"n","name":"web.*","annotationSelector":"a=b","labelSelector":"c=d"}""";

    public const string GitRepository = $$$$"""
        {"apiVersion":"source.toolkit.fluxcd.io/v1","kind":"GitRepository","metadata":{{{{Metadata}}}},
         "spec":{"url":"ssh://git@git.example/web.git","secretRef":{"name":"s"},"provider":"azure","serviceAccountName":"sa","interval":"1h30m0s","timeout":"1m0s",
           "ref":{"branch":"main","tag":"v1","semver":"^1.0","name":"refs/pull/1/head","commit":"abc"},"verify":{"mode":"TagAndHEAD","secretRef":{"name":"keys"}},
           "proxySecretRef":{"name":"p"},"ignore":"*.md","suspend":true,"recurseSubmodules":true,
           "include":[{"repository":{"name":"lib"},"fromPath":"a","toPath":"b"}],"sparseCheckout":["a","b"]},
         "status":{"artifact":{{{{Artifact}}}},"includedArtifacts":[{{{{Artifact}}}}],"observedIgnore":"*.md","observedRecurseSubmodules":true,
           "observedInclude":[{"repository":{"name":"lib"},"fromPath":"a","toPath":"b"}],"observedSparseCheckout":["a"],"sourceVerificationMode":"HEAD",
           "observedGeneration":2,{{{{Conditions}}}},"lastHandledReconcileAt":"t"} }
        """;

    public const string OCIRepository = $$$$"""
        {"apiVersion":"source.toolkit.fluxcd.io/v1","kind":"OCIRepository","metadata":{{{{Metadata}}}},
         "spec":{"url":"oci://r.example/m","ref":{"digest":"sha256:01","semver":"^1","semverFilter":".*","tag":"v1"},"layerSelector":{"mediaType":"m","operation":"copy"},
           "provider":"generic","secretRef":{"name":"s"},"verify":{"provider":"cosign","secretRef":{"name":"k"},"matchOIDCIdentity":[{"issuer":"i","subject":"j"}],"trustedRootSecretRef":{"name":"t"}},
           "serviceAccountName":"sa","certSecretRef":{"name":"c"},"proxySecretRef":{"name":"p"},"interval":"5m0s","timeout":"30s","ignore":"*","insecure":true,"suspend":true},
         "status":{"url":"http://source/latest.tar.gz","artifact":{{{{Artifact}}}},"observedIgnore":"*","observedLayerSelector":{"mediaType":"m","operation":"copy"},
           "observedGeneration":-1,{{{{Conditions}}}},"lastHandledReconcileAt":"t"} }
        """;

    public const string ExternalArtifact = $$$$"""
        {"apiVersion":"source.toolkit.fluxcd.io/v1","kind":"ExternalArtifact","metadata":{{{{Metadata}}}},
         "spec":{"sourceRef":{"apiVersion":"e/v1","kind":"K","name":"n","namespace":"o"} },"status":{"artifact":{{{{Artifact}}}},{{{{Conditions}}}} } }
        """;

    public const string Kustomization = $$$$"""
        {"apiVersion":"kustomize.toolkit.fluxcd.io/v1","kind":"Kustomization","metadata":{{{{Metadata}}}},
         "spec":{"commonMetadata":{"annotations":{"a":"1"},"labels":{"l":"2"} },"dependsOn":[{"name":"d","namespace":"n","readyExpr":"true"}],
           "decryption":{"provider":"sops","serviceAccountName":"sa","secretRef":{"name":"s"} },"interval":"10m0s","retryInterval":"1m0s",
           "kubeConfig":{"configMapRef":{"name":"c"},"secretRef":{"name":"s","key":"k"} },"path":"./deploy",
           "postBuild":{"substituteStrategy":"Always","substitute":{"v":"w"},"substituteFrom":[{"kind":"Secret","name":"s","optional":true}]},"prune":false,"deletionPolicy":"Orphan",
           "healthChecks":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","namespace":"n"}],"namePrefix":"p-","nameSuffix":"-s",
           "patches":[{"patch":"- op: remove","target":{{{{Selector}}}} }],"images":[{"name":"i","newName":"j","newTag":"v1","digest":"sha256:01"}],"serviceAccountName":"sa",
           "sourceRef":{"apiVersion":"source.toolkit.fluxcd.io/v1","kind":"GitRepository","name":"web","namespace":"n"},"suspend":true,"targetNamespace":"t","timeout":"2m0s",
           "force":true,"wait":true,"buildMetadata":["originAnnotations"],"components":["c"],"ignoreMissingComponents":true,
           "healthCheckExprs":[{"apiVersion":"e/v1","kind":"K","current":"a","inProgress":"b","failed":"c"}],"ignore":[{"paths":["/spec/replicas"],"target":{{{{Selector}}}} }]},
         "status":{"lastAppliedRevision":"main@sha1:abc","lastAppliedOriginRevision":"o","lastAttemptedRevision":"main@sha1:abc","inventory":{"entries":[{"id":"apps_web_apps_Deployment","v":"v1"}]},
           "history":[{"digest":"sha256:01","firstReconciled":"2026-01-31T12:00:00Z","lastReconciled":"2026-01-31T12:00:00Z","lastReconciledDuration":"750ms",
             "lastReconciledStatus":"ReconciliationSucceeded","totalReconciliations":0,"metadata":{"revision":"r"} }],
           "observedGeneration":2,{{{{Conditions}}}},"lastHandledReconcileAt":"t"} }
        """;

    public const string ImageRepository = $$$$"""
        {"apiVersion":"image.toolkit.fluxcd.io/v1","kind":"ImageRepository","metadata":{{{{Metadata}}}},
         "spec":{"image":"r.example/web","interval":"1m0s","timeout":"30s","secretRef":{"name":"s"},"proxySecretRef":{"name":"p"},"serviceAccountName":"sa","certSecretRef":{"name":"c"},
           "suspend":true,"accessFrom":{"namespaceSelectors":[{"matchLabels":{"team":"web"} },{}]},"exclusionList":["^.*\\.sig$"],"provider":"gcp","insecure":true},
         "status":{"canonicalImageName":"r.example/web","lastScanResult":{"revision":"1","tagCount":0,"scanTime":"2026-01-31T12:00:00Z","latestTags":["v1"]},"observedExclusionList":["a"],
           "observedGeneration":2,{{{{Conditions}}}},"lastHandledReconcileAt":"t"} }
        """;

    public const string ImagePolicy = $$$$"""
        {"apiVersion":"image.toolkit.fluxcd.io/v1","kind":"ImagePolicy","metadata":{{{{Metadata}}}},
         "spec":{"imageRepositoryRef":{"name":"web","namespace":"n"},"policy":{"semver":{"range":">=1"},"alphabetical":{"order":"asc"},"numerical":{"order":"desc"} },
           "filterTags":{"pattern":"^v(.*)$","extract":"$1"},"digestReflectionPolicy":"Always","interval":"10m0s","suspend":true},
         "status":{"latestRef":{"name":"r.example/web","tag":"v1","digest":"sha256:01"},"observedPreviousRef":{"name":"r.example/web","tag":"v0","digest":"sha256:00"},
           "observedGeneration":2,{{{{Conditions}}}},"lastHandledReconcileAt":"t"} }
        """;

    public const string ImageUpdateAutomation = $$$$"""
        {"apiVersion":"image.toolkit.fluxcd.io/v1","kind":"ImageUpdateAutomation","metadata":{{{{Metadata}}}},
         "spec":{"sourceRef":{"apiVersion":"source.toolkit.fluxcd.io/v1","kind":"GitRepository","name":"web","namespace":"n"},
           "git":{"checkout":{"ref":{"branch":"main","tag":"t","semver":"^1","name":"refs/heads/x","commit":"abc"} },
             "commit":{"author":{"name":"n","email":"n@example.com"},"signingKey":{"secretRef":{"name":"k"},"type":"ssh"},"messageTemplate":"m","messageTemplateValues":{"a":"b"} },
             "push":{"branch":"b","refspec":"r","options":{"o":"p"} } },
           "interval":"5m0s","policySelector":{"matchLabels":{"a":"b"},"matchExpressions":[{"key":"k","operator":"In","values":["v"]}]},"update":{"strategy":"Setters","path":"./deploy"},"suspend":true},
         "status":{"lastAutomationRunTime":"2026-01-31T12:00:00Z","lastPushCommit":"abc","lastPushTime":"2026-01-31T12:00:00Z","markers":{"found":2,"changed":1,"upToDate":0,"unresolved":1,"problems":[{"file":"a.yaml","line":3,"setter":"ns:p","reason":"NoSuchPolicy","message":"no such policy takes part"}]},"observedPolicies":{"p":{"name":"r.example/web","tag":"v1","digest":"sha256:01"} },
           "observedSourceRevision":"main@sha1:abc","observedGeneration":2,{{{{Conditions}}}},"lastHandledReconcileAt":"t"} }
        """;

    /// <summary>The same object with fields of a later version, of any shape, in any of its parts.</summary>
    public static Gen<JsonObject> WithUnknownFields(string json) =>
        Gen.Select(Gen.Int[0, 200], Gen.Int[0, 5]).Array[1, 6].Select(edits =>
        {
            var root = JsonNode.Parse(json)!.AsObject();
            var n = 0;
            foreach (var (where, shape) in edits)
            {
                var objects = Objects(root).ToList();
                objects[where % objects.Count][$"x-later-{n++}"] = Shape(shape);
            }

            return root;
        });

    private static JsonNode? Shape(int shape) => shape switch
    {
        0 => "text",
        1 => 0,
        2 => false,
        3 => new JsonObject { ["deep"] = new JsonArray(1, "", null) },
        4 => new JsonArray(),
        _ => "",
    };

    /// <summary>The records; maps of strings take no unknown fields.</summary>
    private static IEnumerable<JsonObject> Objects(JsonNode? node)
    {
        if (node is JsonObject json)
        {
            if (json.Parent is null || json.Parent is JsonArray || json.GetPropertyName() is not
                ("labels" or "annotations" or "metadata" or "matchLabels" or "substitute" or "messageTemplateValues" or "options" or "observedPolicies")
                || json.ContainsKey("finalizers"))
            {
                yield return json;
            }

            foreach (var inner in json.SelectMany(p => Objects(p.Value)))
            {
                yield return inner;
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var inner in list.SelectMany(Objects))
            {
                yield return inner;
            }
        }
    }
}

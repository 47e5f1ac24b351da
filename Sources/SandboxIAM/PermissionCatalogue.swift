/// The permissions that the sandbox knows: what its own routes ask for, and those of common services,
/// so that a misspelt one in a custom role is refused as Google refuses it.
package enum PermissionCatalogue {
  /// Every known permission.
  package static let all: Set<String> = {
    var found: Set<String> = []
    for line in lines.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let resource = words.first else { continue }
      for verb in words.dropFirst() { found.insert("\(resource).\(verb)") }
    }
    return found
  }()

  static func matching(_ patterns: String) -> Set<String> {
    var found: Set<String> = []
    for pattern in patterns.split(whereSeparator: \.isWhitespace) {
      if pattern.contains("*") {
        let parts = pattern.split(separator: ".", omittingEmptySubsequences: false)
        found.formUnion(all.filter { Self.matches($0, parts) })
      } else {
        found.insert(String(pattern))
      }
    }
    return found
  }

  /// `*` stands for one part; at the end for the rest.
  private static func matches(_ permission: String, _ pattern: [Substring]) -> Bool {
    let parts = permission.split(separator: ".")
    for (index, want) in pattern.enumerated() {
      if want == "*" && index == pattern.count - 1 { return parts.count > index }
      guard index < parts.count, want == "*" || want == parts[index] else { return false }
    }
    return parts.count == pattern.count
  }

  /// `service.resource verb verb ...`
  private static let lines = """
    artifactregistry.aptartifacts create
    artifactregistry.attachments create delete get list
    artifactregistry.dockerimages get list
    artifactregistry.exports create
    artifactregistry.files delete download get list update upload
    artifactregistry.googetartifacts create
    artifactregistry.kfpartifacts create
    artifactregistry.locations get list
    artifactregistry.mavenartifacts get list
    artifactregistry.npmpackages get list
    artifactregistry.packages delete get list update
    artifactregistry.projectconfigs get update
    artifactregistry.projectsettings get update
    artifactregistry.pythonpackages get list
    artifactregistry.repositories create createOnPush createTagBinding delete deleteArtifacts
    artifactregistry.repositories deleteTagBinding downloadArtifacts exportArtifacts get
    artifactregistry.repositories getIamPolicy list listEffectiveTags listTagBindings
    artifactregistry.repositories readViaVirtualRepository setIamPolicy update uploadArtifacts
    artifactregistry.rules create delete get list update
    artifactregistry.tags create delete get list update
    artifactregistry.versions delete get list update
    artifactregistry.vpcscconfigs get update
    artifactregistry.yumartifacts create
    iam.denypolicies create delete get list update
    iam.roles create delete get list undelete update
    iam.serviceAccountKeys create delete disable enable get list
    iam.serviceAccounts actAs create createTagBinding delete deleteTagBinding disable enable get
    iam.serviceAccounts getAccessToken getIamPolicy getOpenIdToken implicitDelegation list
    iam.serviceAccounts listEffectiveTags listTagBindings setIamPolicy signBlob signJwt undelete update
    iam.workloadIdentityPools createPolicyBinding deletePolicyBinding searchPolicyBindings update
    iam.workloadIdentityPoolProviderKeys create delete get list undelete
    iam.workloadIdentityPoolProviders create delete get list undelete update
    iam.workloadIdentityPools create delete get list undelete
    iam.googleapis.com/workloadIdentityPools create delete get list undelete update
    iam.googleapis.com/workloadIdentityPoolProviders create delete get list undelete update
    resourcemanager.projects create createBillingAssignment delete deleteBillingAssignment get
    resourcemanager.projects getIamPolicy list move setIamPolicy undelete update updateLiens
    resourcemanager.hierarchyNodes createTagBinding deleteTagBinding listEffectiveTags listTagBindings
    resourcemanager.folders create delete get getIamPolicy list move setIamPolicy undelete update
    resourcemanager.organizations get getIamPolicy setIamPolicy
    resourcemanager.tagKeys create delete get list update
    resourcemanager.tagValues create delete get list update
    serviceusage.services disable enable get list use
    serviceusage.operations cancel delete get list
    serviceusage.quotas get update
    serviceusage.apiKeys create delete get list update
    billing.resourceAssociations create delete list
    bigquery.datasets create delete get getIamPolicy setIamPolicy update
    bigquery.jobs create get list
    bigquery.tables create delete get getData list update updateData
    cloudasset.assets exportResource searchAllIamPolicies searchAllResources
    cloudbuild.builds approve create get list update
    cloudbuild.repositories create delete get list
    cloudkms.cryptoKeyVersions create destroy get list useToDecrypt useToEncrypt
    cloudkms.cryptoKeys create get getIamPolicy list setIamPolicy update
    cloudkms.keyRings create get getIamPolicy list setIamPolicy
    compute.instances create delete get list setMetadata start stop
    compute.networks create delete get list
    compute.zones get list
    container.clusters create delete get list update
    container.pods create delete get list update
    containeranalysis.notes create delete get list
    containeranalysis.occurrences create delete get list
    logging.logEntries create list
    logging.logs delete list
    monitoring.dashboards create delete get list update
    monitoring.timeSeries create list
    orgpolicy.policy get
    pubsub.subscriptions consume create delete get list update
    pubsub.topics create delete get list publish update
    run.services create delete get getIamPolicy list setIamPolicy update
    run.routes get invoke list
    secretmanager.secrets create delete get getIamPolicy list setIamPolicy update
    secretmanager.versions access add destroy disable enable get list
    storage.buckets create delete get getIamPolicy list setIamPolicy update
    storage.objects create delete get list update
    """
}

/// The permissions that the sandbox knows. Google refuses a custom role with a misspelt permission, and so does the
/// sandbox.
package enum PermissionCatalogue {
  /// The services whose permissions are all known, because predefined roles contain them.
  private static let covered: Set<Substring> = [
    "artifactregistry", "billing", "containeranalysis", "iam", "orgpolicy", "resourcemanager",
    "secretmanager", "serviceusage",
  ]

  /// The listed permissions: all of the covered services, and the common ones of others.
  package static let all: Set<String> = {
    var found = Set(RoleCatalogue.permissions)
    for line in lines.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let resource = words.first else { continue }
      for verb in words.dropFirst() { found.insert("\(resource).\(verb)") }
    }
    return found
  }()

  /// Whether a permission may exist: it is listed, or it is well formed and its service has roles and is not covered. A
  /// list that ends too early would refuse valid manifests.
  package static func isKnown(_ permission: String) -> Bool {
    all.contains(permission) || isOfOtherService(permission)
  }

  /// Whether it is well formed and belongs to a service that has roles but is not covered.
  private static func isOfOtherService(_ permission: String) -> Bool {
    let parts = permission.split(separator: ".", omittingEmptySubsequences: false)
    // Of a covered service every permission is listed, so one that is missing there is misspelt.
    guard parts.count == 3, !covered.contains(parts[0]),
      RoleCatalogue.services.contains(String(parts[0]))
    else { return false }
    return parts.dropFirst().allSatisfy { part in
      part.first.map { $0.isASCII && $0.isLowercase } ?? false
        && part.utf8.allSatisfy { isLetterOrDigit($0) }
    }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  /// Whether a custom role of a project can contain it. Google refuses there what only applies to folders,
  /// organizations and billing accounts.
  package static func isForProjects(_ permission: String) -> Bool {
    let above = [
      "resourcemanager.organizations.", "resourcemanager.folders.", "billing.accounts.",
    ]
    return !above.contains { permission.hasPrefix($0) }
      // These two are checked on the parent of projects.
      && !["resourcemanager.projects.create", "resourcemanager.projects.list"].contains(permission)
  }

  /// Whether a basic role contains a permission of a service that is not covered: the owner has all, the editor all but
  /// changing policies, the viewer those that get and list. The sandbox has no list of those permissions, so it goes by
  /// their verbs.
  static func basic(_ role: String, holds permission: String) -> Bool {
    guard ["roles/owner", "roles/editor", "roles/viewer"].contains(role),
      isOfOtherService(permission), let verb = permission.split(separator: ".").last
    else { return false }
    switch role {
    case "roles/owner": return true
    // An editor who could set policies could become an owner.
    case "roles/editor": return verb != "setIamPolicy"
    default: return verb.hasPrefix("get") || verb.hasPrefix("list")
    }
  }

  /// `service.resource verb verb ...`
  private static let lines = """
    artifactregistry.vpcscconfigs get update
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
    logging.logEntries create list
    logging.logs delete list
    monitoring.dashboards create delete get list update
    monitoring.timeSeries create list
    pubsub.subscriptions consume create delete get list update
    pubsub.topics create delete get list publish update
    run.services create delete get getIamPolicy list setIamPolicy update
    run.routes get invoke list
    storage.buckets create delete get getIamPolicy list setIamPolicy update
    storage.objects create delete get list update
    """
}

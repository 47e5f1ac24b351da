import Model

/// Words of other tools for the fields and values of documents: `pypi`, `proxy`, `region`, `account_id`.
///
/// A word is suggested only where the schema has the field or value, so it applies to every kind.
enum Synonyms {
  /// The short name of the value that a word means; nil if the enum has none of that meaning.
  static func value(_ word: String, in enumeration: Enumeration) -> String? {
    let candidates = values[folded(word)] ?? []
    return candidates.lazy.compactMap { enumeration.wireValue(for: $0) }.first
      .map(enumeration.shortName(of:))
  }

  /// What a field is called here, among the writable fields of an object; nil for an unknown word.
  static func field(_ word: String, among names: [String]) -> String? {
    let key = folded(word)
    return names.first { folded($0) == key }
      ?? (fields[key] ?? []).first { names.contains($0) }
  }

  /// What to write for a word that is not a field but means something: an id, or the opposite of a field.
  static func advice(_ word: String, among names: [String], of kind: (any Kind)?, _ kinds: KindSet)
    -> String?
  {
    let key = folded(word)
    if let opposite = opposites[key], names.contains(opposite) {
      return "write `\(opposite)`, with the opposite value"
    }
    if ids.contains(key), kind != nil { return "this is `metadata.name`" }
    if grants.contains(key), kind?.resource?.isMember == true {
      let document = kinds.documents.first { $0.part == .grants }?.name ?? ""
      return "roles are granted on the resource: write a document \(document), or `iam` there"
    }
    return nil
  }

  private static func folded(_ word: String) -> String {
    word.lowercased().filter { $0.isLetter || $0.isNumber }
  }

  private static let values: [String: [String]] = [
    // Formats, by what other registries and tools call them.
    "pypi": ["python"], "pip": ["python"], "py": ["python"], "wheel": ["python"],
    "container": ["docker"], "containers": ["docker"], "oci": ["docker"], "image": ["docker"],
    "images": ["docker"], "helm": ["docker"], "gcr": ["docker"],
    "node": ["npm"], "nodejs": ["npm"], "javascript": ["npm"], "js": ["npm"], "yarn": ["npm"],
    "java": ["maven"], "maven2": ["maven"], "gradle": ["maven"], "jar": ["maven"],
    "golang": ["go"], "gomod": ["go"], "goproxy": ["go"],
    "deb": ["apt"], "debian": ["apt"], "ubuntu": ["apt"],
    "rpm": ["yum"], "dnf": ["yum"], "centos": ["yum"], "redhat": ["yum"],
    "gem": ["ruby"], "gems": ["ruby"], "rubygems": ["ruby"],
    "raw": ["generic"], "file": ["generic"], "files": ["generic"], "binary": ["generic"],
    "kubeflow": ["kfp"], "anaconda": ["conda"],
    // Modes.
    "proxy": ["remote"], "mirror": ["remote"], "cache": ["remote"], "pullthrough": ["remote"],
    "pullthroughcache": ["remote"], "upstream": ["remote"],
    "group": ["virtual"], "aggregate": ["virtual"], "federated": ["virtual"],
    "hosted": ["standard"], "local": ["standard"], "private": ["standard"], "normal": ["standard"],
    // Public upstreams.
    "dockerhub": ["docker_hub"], "hub": ["docker_hub"], "pythonpackageindex": ["pypi"],
    "npmregistry": ["npmjs"], "central": ["maven_central"],
    // Actions and states.
    "remove": ["delete", "absent"], "deleted": ["absent"], "gone": ["absent"],
    "exists": ["present"], "retain": ["keep"], "block": ["deny"], "forbid": ["deny"],
    "permit": ["allow"],
  ]

  private static let fields: [String: [String]] = [
    "type": ["format", "action"], "packagetype": ["format"], "repositoryformat": ["format"],
    "kind": ["format"],
    "region": ["location"], "zone": ["location"], "locations": ["location"],
    "projectid": ["project"], "projects": ["project"],
    "account": ["serviceAccount"], "serviceaccountid": ["serviceAccount"],
    "serviceaccountref": ["serviceAccount"], "serviceaccountemail": ["serviceAccount"],
    "iamaccount": ["serviceAccount"], "email": ["serviceAccount"],
    "target": ["resource"], "repository": ["resource"], "resourceref": ["resource"],
    "on": ["resource"],
    "member": ["members"], "subject": ["members"], "subjects": ["members"],
    "principal": ["members"],
    "principals": ["members"], "users": ["members"], "groups": ["members"],
    "roles": ["role", "iam"], "roleref": ["role"],
    "permissions": ["includedPermissions", "iam"], "bindings": ["iam"], "policy": ["iam"],
    "iampolicy": ["iam"], "grants": ["iam"], "access": ["iam"],
    "title": ["displayName"], "displayname": ["title"], "name": ["displayName", "title"],
    "tags": ["labels"], "annotations": ["labels"],
    "desc": ["description"], "comment": ["description"],
    "kmskey": ["kmsKeyName"], "encryptionkey": ["kmsKeyName"],
    "apis": ["services"], "activateapis": ["services"], "enabledapis": ["services"],
    "billing": ["billingAccount"], "folder": ["parent"], "folderid": ["parent"],
    "orgid": ["parent"], "organization": ["parent"],
    "path": ["file"], "filename": ["file"],
    "expiry": ["expires", "until"], "expiresin": ["expires"], "ttl": ["expires"],
    "validfor": ["expires"], "lifetime": ["expires"], "rotation": ["rotateAfter"],
    "cleanup": ["cleanupPolicies"], "retention": ["cleanupPolicies"],
    "retentionpolicy": ["cleanupPolicies"], "cleanupdryrun": ["cleanupPolicyDryRun"],
    "dryrun": ["cleanupPolicyDryRun"],
    "upstream": ["remoteRepositoryConfig"], "remote": ["remoteRepositoryConfig"],
    "mirror": ["remoteRepositoryConfig"], "upstreams": ["virtualRepositoryConfig"],
    "virtual": ["virtualRepositoryConfig"], "docker": ["dockerConfig"], "maven": ["mavenConfig"],
    "age": ["olderThan"], "maxage": ["olderThan"], "keep": ["keepCount"], "count": ["keepCount"],
    "prefixes": ["packageNamePrefixes"], "packages": ["packageNamePrefixes"],
    "url": ["uri"], "user": ["username"],
  ]

  private static let opposites = [
    "enabled": "disabled", "active": "disabled", "dryrunoff": "cleanupPolicyDryRun",
  ]
  private static let ids: Set = [
    "id", "resourceid", "repositoryid", "accountid", "roleid", "keyid", "keyname", "repositoryname",
    "accountname", "rolename",
  ]
  private static let grants: Set = ["roles", "role", "permissions", "grants", "bindings"]
}

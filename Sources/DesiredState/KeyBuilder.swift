import Crypto
import Diagnostics
import Grammar
import JSON
import Manifests
import Model

/// Builds desired keys from ServiceAccountKey documents.
struct KeyBuilder {
  let resolver: ReferenceResolver
  let stack: StackSettings
  /// Whether there is a Stack, valid or not.
  let hasStack: Bool
  let sink: DiagnosticSink

  func keys(_ manifests: [Manifest]) -> [Address: DesiredKey] {
    let documents = manifests.filter { $0.kind.resource?.isCredential == true }
    // A key that was made elsewhere carries no mark of ours.
    if !hasStack, !sink.hasLostDocuments,
      let first = documents.first(where: { $0.address != nil && Self.origin(of: $0) != .external })
    {
      sink.error(
        .stackRequired, "a ServiceAccountKey needs a Stack, whose name marks the key as ours",
        at: first.source, help: "add a document: kind: Stack, metadata: {name: ...}")
    }
    var keys: [Address: DesiredKey] = [:]
    var files: [String: (address: Address, place: SourcePosition)] = [:]
    var remotes: [RemoteDestination: (address: Address, place: SourcePosition)] = [:]
    for document in documents {
      guard var key = key(document) else { continue }
      if let store = store(of: key, among: manifests) {
        key.store = store
        key.dependencies.insert(store)
      }
      keys[key.address] = key
      if let remote = key.remote, !document.isAbsent {
        reportShared(remote, document, key, &remotes)
      }
      guard !document.isAbsent, !key.file.isEmpty else { continue }
      let place = document.position(of: "destination.file")
      if let other = files[key.file], other.address != key.address {
        sink.error(
          .fieldConflict, "two keys have the destination `\(key.file)`", at: place,
          related: [.init(other.place, "`\(other.address)` has it too")])
      } else {
        files[key.file] = (key.address, place)
      }
    }
    KeyClaims.report(Array(keys.values), sink)
    return withNeighbours(keys)
  }

  /// One secret holds one key: two would replace each other at every apply.
  private func reportShared(
    _ remote: RemoteDestination, _ document: Manifest, _ key: DesiredKey,
    _ remotes: inout [RemoteDestination: (address: Address, place: SourcePosition)]
  ) {
    let place = document.position(of: "destination")
    guard let other = remotes[remote.place], other.address != key.address else {
      remotes[remote.place] = (key.address, place)
      return
    }
    sink.error(
      .fieldConflict, "two keys have the destination \(remote.text)", at: place,
      related: [.init(other.place, "`\(other.address)` has it too")])
  }

  /// Gives each key the files of the account's other keys: a key in one of those files is not an orphan.
  ///
  /// Google allows ten keys per account. If a set declares far more, a separate list for each would be too large: they
  /// share one, which includes their own file.
  private func withNeighbours(_ keys: [Address: DesiredKey]) -> [Address: DesiredKey] {
    let files = Dictionary(grouping: keys.values, by: \.email)
      .mapValues { $0.map(\.file).filter { !$0.isEmpty }.sorted() }
    return keys.mapValues { key in
      var key = key
      let all = files[key.email] ?? []
      key.neighbours = all.count > 100 ? all : all.filter { $0 != key.file }
      return key
    }
  }

  private func key(_ manifest: Manifest) -> DesiredKey? {
    guard let address = manifest.address,
      case .child(let parent, let field)? = address.resource?.place,
      let reference = manifest.text(field),
      let account = resolver.resource(
        parent, for: reference, in: ReferenceResolver.Referrer(manifest))
    else { return nil }
    let email = AccountName(account).email
    let origin = Self.origin(of: manifest)
    let keyID = manifest.spec["keyId"]?.string
    guard isIdentified(manifest, origin, keyID) else { return nil }
    if origin == .external {
      return external(manifest, address, account, keyID: keyID ?? "", email: email)
    }
    let times = KeyTimes(spec: manifest.spec)
    var key = DesiredKey(
      address: address, account: account, email: email, origin: origin ?? .uploaded,
      file: manifest.spec["destination"]?["file"]?.string ?? "",
      expires: times.expires?.seconds, rotateAfter: times.rotateAfter?.seconds,
      overlap: times.overlap.seconds, fingerprint: manifest.spec["fingerprint"]?.string,
      commonName: Self.commonName(stack: stack.name ?? "", name: manifest.name, email: email),
      lifecycle: manifest.lifecycle, source: manifest.source, note: manifest.note,
      dependencies: [account])
    key.originIsWritten = origin != nil
    key.remote = Self.remote(manifest.spec["destination"], account)
    key.formerCommonNames = formerNames(of: manifest).map {
      Self.commonName(stack: $0.stack, name: $0.name, email: email)
    }
    return key
  }

  /// The document of the secret that takes a private half; nil if there is none.
  private func store(of key: DesiredKey, among manifests: [Manifest]) -> Address? {
    guard case .secretManager(let project, let secret) = key.remote else { return nil }
    let name = "projects/\(project)/secrets/\(secret)"
    return manifests.lazy.compactMap(\.address).first {
      $0.project == project && $0.resource?.fullName(of: $0) == name
    }
  }

  /// The store of secrets in a `destination`; nil for a file.
  private static func remote(_ destination: JSONValue?, _ account: Address) -> RemoteDestination? {
    if let place = destination?["secretManager"], let secret = place["secret"]?.string {
      return .secretManager(
        project: place["project"]?.string ?? account.project, secret: secret)
    }
    guard let place = destination?["githubActions"],
      let repository = place["repository"]?.string, let secret = place["secret"]?.string
    else { return nil }
    return .githubActions(
      .init(
        host: place["host"]?.string, repository: repository.lowercased(),
        environment: place["environment"]?.string, secret: secret.uppercased(),
        encoding: place["encoding"]?.string.flatMap(
          RemoteDestination.GitHubSecret.Encoding.init(rawValue:)) ?? .base64))
  }

  private static func origin(of manifest: Manifest) -> DesiredKey.Origin? {
    manifest.spec["origin"]?.string.flatMap(DesiredKey.Origin.init(rawValue:))
  }

  /// Whether the document says which live key it is about. The kind's rules report what a document lacks that asks for
  /// the key to be present; one that asks for its deletion is not held to them.
  private func isIdentified(
    _ manifest: Manifest, _ origin: DesiredKey.Origin?, _ keyID: String?
  ) -> Bool {
    switch (origin, keyID) {
    case (.external, nil):
      if manifest.isAbsent, manifest.isSound {
        sink.error(
          .missingField, "`origin: external` needs `keyId`, also where the key is to be deleted",
          at: manifest.position(of: "origin"),
          help: "write the id of the key that is to be deleted")
      }
      return false
    case (nil, _?), (.uploaded, _?), (.google, _?):
      if manifest.isAbsent {
        sink.error(
          .fieldConflict, "`keyId` is for keys with `origin: external`",
          at: manifest.position(of: "keyId"),
          help: "write `origin: external` if this key is to be deleted, or leave `keyId` out")
      }
      return false
    case (.external, _?), (nil, nil), (.uploaded, nil), (.google, nil): return true
    }
  }

  /// A key that was made elsewhere: it has an id, and neither a file nor times of its own.
  private func external(
    _ manifest: Manifest, _ address: Address, _ account: Address, keyID: String, email: String
  ) -> DesiredKey {
    var key = DesiredKey(
      address: address, account: account, email: email, origin: .external, file: "", expires: nil,
      rotateAfter: nil, overlap: 0, commonName: "", lifecycle: manifest.lifecycle,
      source: manifest.source, note: manifest.note, dependencies: [account])
    key.keyID = keyID
    return key
  }

  /// The Stacks and the names under which the key may have been issued: those that its document and its Stack say.
  private func formerNames(of manifest: Manifest) -> [(stack: String, name: String)] {
    var names = stack.formerNames.map { (stack: $0.text, name: manifest.name) }
    if let written = manifest.spec["formerly"]?.string {
      let parts = written.split(separator: "/").map(String.init)
      if parts.count == 2 { names.append((stack: parts[0], name: parts[1])) }
    }
    return names.filter { $0.stack != stack.name || $0.name != manifest.name }
  }

  /// A name that identifies the key on any machine and reveals nothing to others, because uploaded certificates are
  /// public.
  static func commonName(stack: String, name: String, email: String) -> String {
    let text = ["arctl-key-v1", stack, name, email.lowercased()].joined(separator: "\u{0}")
    return "arctl-" + Hex.encode(Array(SHA256.hash(Array(text.utf8)).prefix(16)))
  }
}

import CommandLine
import Diagnostics
import JSON
import Model

/// `arctl keys pin ADDRESS`: prints the `fingerprint` that pins the live key of a document. Writes nothing.
enum KeysPinVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) async throws -> Outcome {
    let options = try KeyFlags.run(arguments)
    let form = try AnswerForm(arguments)
    let written = arguments.operands.first ?? ""
    return try await Session.run(options, in: context) { session in
      let key = try DeclaredKey(written, session.manifests.graph, session.reporter).key
      let found = try await session.livePublicKey(of: key)
      if !found.isVerified {
        session.reporter.note(
          "note: no file on this machine holds this key; only the name in its certificate says that it is this one"
        )
      }
      if key.fingerprint == found.line {
        session.reporter.note("note: the document has it already")
      }
      let answer: JSONValue = [
        "formatVersion": 1, "address": .string(key.address.description), "id": .string(found.id),
        "fingerprint": .string(found.line), "verified": .bool(found.isVerified),
      ]
      context.console.out(
        form == .json ? answer.text(.pretty) + "\n" : "fingerprint: \(found.line)\n")
      return .success
    }
  }
}

/// The declared key that the user names by its address or its name.
struct DeclaredKey {
  let key: DesiredKey

  init(_ written: String, _ graph: DesiredGraph, _ reporter: Reporter) throws(EarlyExit) {
    let all = graph.keys.values.sorted { $0.address < $1.address }
    let found = all.filter { key in
      [key.address.description, key.address.local, key.address.id].contains(written)
    }
    let safe = escapedForTerminal(written)
    if found.count > 1 {
      throw reporter.earlyExit(
        .invalid, code: .ambiguousReference, "`\(safe)`: \(found.count) keys have this name",
        help: ["write its address: \(found.map(\.address.description).joined(separator: " or "))"])
    }
    guard let key = found.first else {
      let near = closestMatch(to: written, in: all.map(\.address.id))
      throw reporter.earlyExit(
        .invalid, code: .danglingReference, "`\(safe)`: no document declares this key",
        help: [
          near.map { "did you mean `\($0)`?" }
            ?? (all.isEmpty
              ? "the manifests declare no key"
              : "the manifests declare \(all.map(\.address.description).joined(separator: ", "))")
        ])
    }
    guard key.origin != .external else {
      throw reporter.earlyExit(
        .invalid, code: .fieldConflict,
        "`\(key.address)` was made elsewhere: its `keyId` already says which key it is")
    }
    self.key = key
  }
}

/// The public half of a live key.
struct LivePublicKey: Sendable, Hashable {
  let id: String
  /// SHA-256 of the public key, in hex.
  let fingerprint: String
  /// Whether a file on this machine holds the private half.
  let isVerified: Bool

  /// The value of `fingerprint` in a document.
  var line: String { "sha256:\(fingerprint)" }

  /// Why there is none to pin.
  enum Absence: Error, Sendable, Hashable {
    case none(String)
    case several([String])
  }

  /// The one live key of a declaration: that of its file, or else the one whose certificate has its name.
  init(
    of key: DesiredKey, among live: [LiveKey], at destination: KeyDestination?, now: Int64
  ) throws(Absence) {
    if let file = destination?.file {
      let path = destination?.path ?? ""
      guard file.belongs(to: key.email) else {
        throw .none("\(path) \(file.stranger ?? file.otherServer ?? "holds another account's key")")
      }
      guard let found = live.first(where: { $0.id == file.keyID }), found.unseenFor == nil else {
        throw .none("the key in \(path) is not live")
      }
      guard Self.isUsable(found, now) else {
        throw .none("the key in \(path) is disabled or has expired")
      }
      self.init(id: found.id, fingerprint: file.fingerprint, isVerified: true)
      return
    }
    guard key.origin == .uploaded else {
      throw .none(
        "its file is not on this machine, and nothing else shows which key of \(key.email) it is")
    }
    let found = live.filter {
      $0.isUploaded && key.isNamed($0.commonName) && Self.isUsable($0, now)
    }
    guard found.count <= 1 else { throw .several(found.map(\.id).sorted()) }
    guard let only = found.first, let fingerprint = only.fingerprint else {
      throw .none("no live key of \(key.email) has its name")
    }
    self.init(id: only.id, fingerprint: fingerprint, isVerified: false)
  }

  private init(id: String, fingerprint: String, isVerified: Bool) {
    self.id = id
    self.fingerprint = fingerprint
    self.isVerified = isVerified
  }

  private static func isUsable(_ key: LiveKey, _ now: Int64) -> Bool {
    !key.isDisabled && (key.validBefore.map { $0 > now } ?? true)
  }
}

extension Session {
  /// Reads the keys of one account, and finds the live one of a declaration there. Reports if there is none, or more than
  /// one.
  fileprivate func livePublicKey(of key: DesiredKey) async throws -> LivePublicKey {
    let (reader, graph) = (reader, manifests.graph)
    let snapshot = try await interruption.cancelling {
      await reader.readSnapshot(of: graph, selected: [key.address])
    }
    let live: [LiveKey]
    switch snapshot.keys[key.account] {
    case .present(let keys), .softDeleted(let keys): live = keys
    case .unreadable(let problem):
      throw reporter.earlyExit(
        .access, code: problem.reason == .notReachable ? .notReachable : .permissionDenied,
        "\(key.address): \(problem.message)", help: advice(on: problem))
    case .absent, nil: live = []
    }
    do throws(LivePublicKey.Absence) {
      return try LivePublicKey(
        of: key, among: live, at: snapshot.destinations[key.address], now: now)
    } catch {
      switch error {
      case .none(let reason):
        throw reporter.earlyExit(
          .unexpected, code: .mustExist,
          "there is no live key of `\(key.address)` to pin: \(escapedForTerminal(reason))")
      case .several(let ids):
        throw reporter.earlyExit(
          .keys, code: .keyDuplicate,
          "more than one live key claims the name of `\(key.address)`: \(ids.joined(separator: ", "))",
          help: [
            "find out which one is in use, then revoke the other: arctl keys revoke \(key.email)/KEYID"
          ])
      }
    }
  }
}

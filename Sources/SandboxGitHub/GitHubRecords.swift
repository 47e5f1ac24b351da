import Crypto
import JSON
import SandboxStore

/// A repository that a user declared, with its environments.
struct GitHubRepositoryRecord: Record {
  /// Such as `github.com`.
  let site: String
  /// As it was declared: `Acme/Lib`.
  let fullName: String
  /// As they were declared.
  var environments: [String]

  static var table: String { "gitHubRepository" }
  static var lag: LagRule { .seen }
  var key: String { "\(site)/\(fullName)".lowercased() }
  var parent: String? { site }
  var names: [String] { [key] + environments.map { "\(key)/environments/\($0.lowercased())" } }
}

/// The key pair with which the secrets of a place are encrypted.
struct GitHubKeyRecord: Record {
  /// The resource name of the place.
  let place: String
  /// The id in answers.
  let id: String
  /// The private half, in base64.
  let secret: String

  static var table: String { "gitHubKey" }
  static var lag: LagRule { .seen }
  var key: String { "\(place)/public-key" }
  var parent: String? { place }
  var names: [String] { [] }

  /// The pair.
  func pair() throws(CryptoError) -> SealedBox.KeyPair {
    var bytes = SecretBytes()
    bytes.append(contentsOf: Base64.decode(secret) ?? [])
    return try SealedBox.KeyPair(secret: bytes)
  }
}

/// A secret, as it was sent: encrypted.
struct GitHubSecretRecord: Record {
  /// The resource name of the place.
  let place: String
  /// In upper case.
  let name: String
  /// The encrypted value, in base64.
  var box: String
  /// Unix seconds.
  let created: Int64
  /// Unix seconds.
  var updated: Int64

  static var table: String { "gitHubSecret" }
  static var lag: LagRule { .seen }
  var key: String { Self.key(name, of: place) }
  var parent: String? { place }
  var names: [String] { [] }

  static func key(_ name: String, of place: String) -> String {
    "\(place)/secrets/\(name.uppercased())"
  }
}

/// A variable.
struct GitHubVariableRecord: Record {
  /// The resource name of the place.
  let place: String
  /// In upper case.
  let name: String
  var value: String
  /// Unix seconds.
  let created: Int64
  /// Unix seconds.
  var updated: Int64

  static var table: String { "gitHubVariable" }
  static var lag: LagRule { .seen }
  var key: String { Self.key(name, of: place) }
  var parent: String? { place }
  var names: [String] { [] }

  static func key(_ name: String, of place: String) -> String {
    "\(place)/variables/\(name.uppercased())"
  }
}

extension State {
  /// Whether a place exists. As long as no repository of a site is declared, every one does, with every environment.
  func exists(_ place: GitHubPlace) -> Bool {
    guard place.isWellFormed else { return false }
    guard !self[GitHubRepositoryRecord.self].children(of: place.site).isEmpty else { return true }
    guard let repository = self[GitHubRepositoryRecord.self][place.repository] else { return false }
    guard let environment = place.environment?.lowercased() else { return true }
    return repository.environments.contains { $0.lowercased() == environment }
  }

  /// The key pair of a place.
  func gitHubKey(of place: GitHubPlace) -> GitHubKeyRecord? {
    self[GitHubKeyRecord.self].children(of: place.key).first
  }
}

package import Crypto
import JSON

/// The JSON body of a request with a secret in it, in memory that is wiped.
///
/// It has no description and no copy besides the one that the transport sends. Two bodies are equal if they are one.
public final class SecretBody: Sendable, Hashable {
  private let bytes: SecretBytes

  /// Takes the whole text of a JSON object.
  package init(_ bytes: consuming SecretBytes) { self.bytes = bytes }

  /// What a request sends. The caller keeps no other copy.
  var sent: [UInt8] { bytes.withUnsafeBytes { [UInt8]($0) } }

  /// The texts in it that are long enough to be secret, to remove from an error; they are not wiped.
  var texts: [String] {
    guard let value = try? JSONValue(parsing: sent) else { return [] }
    return Self.texts(in: value)
  }

  private static func texts(in value: JSONValue) -> [String] {
    switch value {
    case .string(let text): text.utf8.count >= 16 ? [text] : []
    case .array(let elements): elements.flatMap(texts)
    case .object(let members): members.flatMap { texts(in: $0.value) }
    case .null, .bool, .integer, .real: []
    }
  }

  /// Whether both are one body.
  public static func == (left: SecretBody, right: SecretBody) -> Bool { left === right }

  /// By identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

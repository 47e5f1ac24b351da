import Diagnostics
package import JSON
import YAML

/// The value of a variable in a saved plan, as a value that a manifest can use.
package struct SavedVariable {
  private let value: JSONValue

  /// Nil for a value that the plan does not show, because it may be a secret, and for what is not made of texts.
  package init?(_ value: JSONValue) {
    guard Self.isWhole(value), !value.isNull else { return nil }
    self.value = value
  }

  private static func isWhole(_ value: JSONValue) -> Bool {
    switch value {
    case .string(let text): text != HiddenText.mark
    case .null: true
    case .array(let items): items.allSatisfy(isWhole)
    case .object(let object): object.allSatisfy { isWhole($0.value) }
    case .bool, .integer, .real: false
    }
  }

  /// What kind of secret it contains, if it contains one.
  var secret: String? { Self.secret(in: value) }

  private static func secret(in value: JSONValue) -> String? {
    switch value {
    case .string(let text): SecretScan.problem(in: text)
    case .array(let items): items.lazy.compactMap(secret).first
    case .object(let object): object.lazy.compactMap { secret(in: $0.value) }.first
    case .null, .bool, .integer, .real: nil
    }
  }

  /// The value as YAML, every part of it at one place.
  func node(at place: SourcePosition) -> YAMLNode { Self.node(value, place) }

  /// Texts are plain, so that a list of them can also be a list of numbers, as where they were written.
  private static func node(_ value: JSONValue, _ place: SourcePosition) -> YAMLNode {
    switch value {
    case .array(let items):
      return YAMLNode(.sequence(items.map { node($0, place) }), at: place)
    case .object(let object):
      let pairs = object.map {
        YAMLPair(key: $0.key, keyPosition: place, value: node($0.value, place))
      }
      return YAMLNode(.mapping(pairs), at: place)
    case .null, .bool, .integer, .real, .string:
      guard let text = value.string else { return YAMLNode(.scalar(YAMLScalar("")), at: place) }
      let plain = YAMLScalar(text)
      return YAMLNode(
        .scalar(plain.isNull ? YAMLScalar(text, style: .quoted) : plain), at: place)
    }
  }
}

/// The place of a value inside a resource: `cleanupPolicies["old"].condition.olderThan`.
public struct FieldPath: Sendable, Hashable, CustomStringConvertible {
  public enum Component: Sendable, Hashable {
    /// A named field of an object.
    case field(String)
    /// An element of a map, or of a list whose elements have ids.
    case element(String)
    /// An element of an ordered list, from 0.
    case index(Int)
  }
  public var components: [Component]

  public init(_ components: [Component] = []) { self.components = components }

  public func appending(_ component: Component) -> FieldPath { FieldPath(components + [component]) }
  public func field(_ name: String) -> FieldPath { appending(.field(name)) }

  /// Keys of labels are shown as fields, `labels.team`; other elements in brackets.
  public var description: String {
    var text = ""
    for component in components {
      switch component {
      case .field(let name): text += text.isEmpty ? name : ".\(name)"
      case .element(let id): text += "[\"\(id)\"]"
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }
}

/// The place of a value inside a resource: `cleanupPolicies["old"].condition.olderThan`.
public struct FieldPath: Sendable, Hashable, CustomStringConvertible {
  /// One step from a value to a part of it.
  public enum Component: Sendable, Hashable {
    /// A named field of an object.
    case field(String)
    /// An element of a map, or of a list whose elements have ids.
    case element(String)
    /// An element of an ordered list, from 0.
    case index(Int)
  }
  /// The steps from the resource to the value; none for the resource itself.
  public var components: [Component]

  /// The path of these steps; without any, the path of the whole resource.
  public init(_ components: [Component] = []) { self.components = components }

  /// The path of a part of this value, one step further.
  public func appending(_ component: Component) -> FieldPath { FieldPath(components + [component]) }
  /// The path of the named field of this value.
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

import SandboxWire

/// Evaluation of a binding's condition.
///
/// The language is the part of CEL that IAM documents for `request.time` and the resource attributes. What else an expression
/// says is refused when the policy is set, or never grants (`OtherAttributes`), so that no grant is ever decided by a guess.
package enum Condition {
  /// What the attributes of an expression stand for.
  package struct Context: Sendable {
    /// Microseconds since 1970.
    let now: Int64
    let resource: Resource

    package init(now: Int64, resource: Resource) {
      self.now = now
      self.resource = resource
    }
  }

  /// Whether a binding with this condition counts; one that cannot be evaluated never does.
  package static func holds(_ condition: PolicyRecord.Condition?, in context: Context) -> Bool {
    guard let condition else { return true }
    guard let expression = try? ConditionParser.parse(condition.expression) else { return false }
    return (try? expression.evaluate(in: context)) == .bool(true)
  }

  /// Whether the texts and brackets of an expression of any service are whole: all that can be said of attributes that the
  /// sandbox does not know.
  package static func isWhole(_ expression: String) -> Bool {
    OtherAttributes.isWhole(expression)
  }
}

/// Why an expression is not one that a condition may have; for people.
struct ConditionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Counted from one, in characters.
  let column: Int
  let message: String
  var description: String { "column \(column): \(message)" }
}

extension Resource {
  /// The attribute `resource.type`; where repositories are made, it is already a repository's.
  var type: String {
    switch service {
    case API.artifactRegistry.service: "\(service)/Repository"
    case API.iam.service: "\(service)/ServiceAccount"
    default: "\(service)/Project"
    }
  }
}

import SandboxWire

/// Evaluates the condition of a binding.
///
/// The language is the part of CEL that IAM documents for `request.time` and the resource attributes ([attribute
/// reference](https://cloud.google.com/iam/docs/conditions-attribute-reference)). Any other expression is refused when
/// the policy is set, or never grants (`OtherAttributes`): a guess could make a test pass that fails at Google.
package enum Condition {
  /// The values of the attributes in an expression.
  package struct Context: Sendable {
    /// Microseconds since 1970.
    let now: Int64
    /// The resource that the permission is needed on.
    let resource: Resource

    /// The values at one time, for one resource.
    package init(now: Int64, resource: Resource) {
      self.now = now
      self.resource = resource
    }
  }

  /// Whether a binding with this condition applies. One that cannot be evaluated never does.
  package static func holds(_ condition: PolicyRecord.Condition?, in context: Context) -> Bool {
    guard let condition else { return true }
    guard let expression = try? ConditionParser.parse(condition.expression) else { return false }
    return (try? expression.evaluate(in: context)) == .bool(true)
  }

  /// Whether the strings and brackets of an expression are complete. That is all the sandbox can check about attributes
  /// that it does not know.
  package static func isComplete(_ expression: String) -> Bool {
    OtherAttributes.isComplete(expression)
  }
}

/// Why an expression is not a valid condition, as users read it.
struct ConditionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The column of the problem, in characters from one.
  let column: Int
  let message: String
  var description: String { "column \(column): \(message)" }
}

extension Resource {
  /// The attribute `resource.type`. On the parent of a new repository it is already the repository's: Google evaluates
  /// the type of what is being created.
  var type: String {
    switch service {
    case API.artifactRegistry.service: "\(service)/Repository"
    case API.iam.service where kind == .pool: "\(service)/WorkloadIdentityPool"
    case API.iam.service: "\(service)/ServiceAccount"
    case API.keyManagement.service: "\(service)/CryptoKey"
    case API.secretManager.service:
      nameInConditions.contains("/versions/") ? "\(service)/SecretVersion" : "\(service)/Secret"
    case _ where kind == .folder: "\(service)/Folder"
    case _ where kind == .organization: "\(service)/Organization"
    default: "\(service)/Project"
    }
  }
}

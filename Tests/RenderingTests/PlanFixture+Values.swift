import Model
import TestSupport

@testable import Rendering

extension PlanFixture {
  /// The part of a schema that is needed to print durations and enums in short form.
  static let values = ValueText(schemas: [
    .repository: Schema([
      Field("format", .enumeration(Enumeration(["PYTHON"], unspecified: nil)), [], ""),
      Field("labels", .labels, [], ""),
      Field(
        "cleanupPolicies",
        .map(
          .object([Field("condition", .object([Field("olderThan", .duration, [], "")]), [], "")]),
          idField: "id"),
        [], ""),
    ])
  ])
}

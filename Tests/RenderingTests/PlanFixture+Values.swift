import Model
import TestSupport

@testable import Rendering

extension PlanFixture {
  /// Enough of a schema to show durations and enums as people read them.
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

import Diagnostics
import JSON
package import Model

/// A plan read back from a file that `--out` wrote: usable for printing and for its id only.
///
/// It contains no operations, so an edited file cannot make arctl do anything.
package struct SavedPlan: Sendable {
  /// The plan as it was saved, but without operations.
  package let plan: Plan
  /// The time of the plan, in RFC 3339 format.
  package let createdAt: String
  /// Whether the file is as `--out` wrote it: saving its plan again gives the same file, including the digest.
  /// A user who edits a file can compute its digest too, so an apply also compares the file with a new plan.
  package let isIntact: Bool

  /// The largest file that is read or written, in bytes: a row of a plan takes about 1 kB.
  package static let maximumBytes = 64 << 20

  /// Reads a saved plan of format version 2. Throws an error of one line.
  ///
  /// - Parameter kinds: those that its addresses may have.
  package init(parsing bytes: [UInt8], kinds: KindSet) throws(SavedPlanError) {
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes, maximumBytes: Self.maximumBytes) } catch {
      throw SavedPlanError("it is not JSON: \(error)")
    }
    guard value["formatVersion"]?.integer == PlanJSON.formatVersion else {
      throw SavedPlanError("it is not a saved plan of format version \(PlanJSON.formatVersion)")
    }
    guard value["id"] != nil else { throw SavedPlanError("`id` is missing or of the wrong type") }
    guard let created = value["createdAt"]?.string else {
      throw SavedPlanError("it was not made by `--out`: it has no `createdAt`")
    }
    createdAt = created
    do { plan = try PlanDecoder(kinds: kinds).plan(JSONReader(value)) } catch {
      throw SavedPlanError("`\(error.path)` is missing or of the wrong type")
    }
    isIntact = PlanJSON.saved(plan, createdAt: created) == value
  }
}

/// Why a file is not a saved plan.
package struct SavedPlanError: Error, Sendable, Hashable {
  /// In one line: `it is not JSON: ...`.
  package let message: String
  init(_ message: String) { self.message = message }
}

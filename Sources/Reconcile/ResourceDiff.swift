import Diagnostics
import Grammar
import JSON
import Model

/// The change of one declared resource.
struct ResourceDiff {
  let desired: DesiredResource
  let observation: Observation<LiveResource>
  let kind: (any ResourceKind)?
  /// The identity of a deleted account that a policy still names and that can be undeleted.
  let deletedUID: String?
  /// The id of a similar declared resource, as a suggestion for an undeclared one.
  var likelyID: String?
  /// The flags that exclude the grants that name it.
  var exclusions: [String] = []
  /// Whether it is to be absent because its declaration left the manifests.
  var isDropped = false

  private var schema: Schema? { kind?.schema }

  /// The change, and the fields to request.
  func change() -> (change: Change, spec: JSONObject) {
    var change = Change(address: desired.address, action: .unchanged, source: desired.source)
    change.note = desired.note
    if desired.lifecycle.ensure == .absent {
      decideAbsence(&change)
      return (change, [:])
    }
    let live: JSONValue?
    switch observation {
    case .present(let resource), .softDeleted(let resource): live = resource.value
    case .absent, .unreadable: live = nil
    }
    let written = withoutDroppedLabels(desired.spec, live)
    let prepared = kind?.prepared(written, live: live) ?? PreparedSpec(written)
    change.remarks = prepared.remarks
    decidePresence(&change, prepared.spec)
    if change.action == .create, change.reason == nil { change.reason = prepared.creation }
    if change.action == .replace, let live { nameLosses(&change, with: prepared.spec, live: live) }
    change.intended = change.action == .refused ? change.intended : change.action
    return (change, prepared.spec)
  }

  /// The written fields, with the removal of labels that still are as an earlier set of manifests wrote them.
  private func withoutDroppedLabels(_ spec: JSONObject, _ live: JSONValue?) -> JSONObject {
    let gone = desired.droppedLabels.filter { live?["labels"]?[$0.key]?.string == $0.value }
    guard !gone.isEmpty else { return spec }
    var labels = spec["labels"]?.object ?? [:]
    for key in gone.keys { labels[key] = .null }
    var changed = spec
    changed["labels"] = .object(labels)
    return changed
  }

  private func decideAbsence(_ change: inout Change) {
    switch observation {
    case .absent(let absence):
      change.action = .gone
      if desired.address.resource?.place.isSetting == true {
        // Google may enable services in a new project.
        change.action = absence == .confirmed ? .gone : .pending
        change.reason =
          absence == .confirmed
          ? Statement("service.off", "disabled")
          : Statement("service.later", "not read: its project is not there yet")
      }
      if let service = absence.unreadWithout { Self.wait(for: service, &change) }
    case .softDeleted: change.action = .gone
    case .present:
      change.action = .delete
      if isDropped { change.reason = Statement("dropped", "left the manifests") }
      if desired.address.resource?.place.isSetting == true {
        change.reason =
          isDropped
          ? Statement("service.dropped", "left the manifests; disabling it")
          : Statement("service.disable", "disabling it")
      }
    case .unreadable(let problem):
      change.action = .unreadable
      change.take(problem)
    }
    change.intended = change.action
  }

  private func decidePresence(_ change: inout Change, _ spec: JSONObject) {
    switch observation {
    case .unreadable(let problem):
      change.action = .unreadable
      // Remarks on the spec may be wrong, because the live state is unknown.
      change.remarks = []
      change.take(problem)
    case .absent(let absence): decideCreation(&change, as: spec, after: absence)
    case .softDeleted(let resource):
      change.action = .undelete
      decideReturn(&change, uid: nil)
      change.resource?.fields = fields(spec, resource.value)
      refuseImmutable(
        &change, code: "immutable.undelete", because: "undeleting does not change it")
    case .present(let resource):
      change.resource?.fields = fields(spec, resource.value)
      decideUpdate(&change, to: spec, from: resource.value)
    }
  }

  private func decideCreation(_ change: inout Change, as spec: JSONObject, after absence: Absence) {
    // What this tool never creates may well exist, although its service is off until this plan enables it. The write of
    // its policy shows it.
    if desired.origin == .external, case .never? = kind?.deletion,
      let service = absence.unreadWithout
    {
      Self.wait(for: service, &change)
      return
    }
    guard desired.lifecycle.create, desired.origin == .declared else {
      change.action = .refused
      change.intended = .create
      if let service = absence.unreadWithout {
        let refusal = Refusal(
          .mustExist,
          Statement(
            "must-exist.service", "was not read, as \(service.id) is off, and is not created"),
          remedy: "enable \(service.id) first: plan and apply with --target '\(service)'")
        change.refusals = [refusal]
        return
      }
      change.refusals = [
        desired.origin == .external ? undeclared : kind?.mustExist ?? .createIsFalse
      ]
      return
    }
    change.action = deletedUID == nil ? .create : .undelete
    change.resource?.uid = deletedUID
    if let deletedUID { decideReturn(&change, uid: deletedUID) }
    if absence == .notVisible { change.reason = Statement("not-visible", "not visible to you") }
    change.resource?.fields = fields(spec, [:], isMade: true).filter { $0.to != nil }
  }

  private func decideReturn(_ change: inout Change, uid: String?) {
    let returning = kind?.deletion.returning
    change.reason = returning?.reason(uid)
    if returning?.orCreate == true { change.resource?.fallback = .create }
  }

  /// The row shows no changes, because the live state is unknown; the plan after the service is enabled shows them.
  static func wait(for service: Address, _ change: inout Change) {
    change.action = .pending
    change.intended = .pending
    change.reason = Statement(
      "not-read.service", "not read: \(service.id) is off until this plan enables it")
  }

  /// Why an undeclared resource is not created.
  private var undeclared: Refusal {
    let guess = likelyID.map { "did you mean `\($0)`? If not, " } ?? ""
    let more = exclusions.count > 3 ? " (and \(exclusions.count - 3) more)" : ""
    let without =
      exclusions.isEmpty
      ? ""
      : "; to apply the rest without its grants: " + exclusions.prefix(3).joined(separator: " ")
        + more
    return Refusal(
      .mustExist,
      Statement("must-exist.undeclared", "does not exist, and no manifest declares it"),
      remedy: "\(guess)correct the name, or declare it in a document of its own\(without)")
  }

  private func decideUpdate(_ change: inout Change, to spec: JSONObject, from live: JSONValue) {
    if change.fields.isEmpty { return }
    change.action = .update
    if let manager = OtherManagers.of(live) {
      change.remarks.append(Statement("other-manager", "\(manager) manages this resource too"))
    }
    guard change.fields.contains(where: \.isImmutable) else {
      nameUnknownLosses(&change, with: spec, live: live)
      return
    }
    guard kind?.deletion.idIsReusable == true else {
      refuseImmutable(
        &change, code: "immutable.id",
        because: "the id of a deleted \(desired.address.kind.name) cannot be used again")
      return
    }
    change.action = .replace
    change.resource?.fields = fields(spec, live, isMade: true)
    if let contents = kind?.contents(of: live) {
      change.reason = Statement("replacing-deletes", "replacing deletes \(contents)")
    }
  }

  /// A replacement loses fields that were set outside the manifests.
  private func nameLosses(_ change: inout Change, with spec: JSONObject, live: JSONValue) {
    guard let schema else { return }
    let lost =
      SchemaDiff.unwritten(desired: spec, live: live, schema: schema)
      + SchemaDiff.unknownMembers(of: live, schema: schema)
    guard !lost.isEmpty else { return }
    let names = lost.map(\.description).joined(separator: ", ")
    change.remarks.append(
      Statement("replacing-loses", "replacing loses what no manifest declares: \(names)"))
  }

  /// Unknown members are lost only with the element that contains them.
  private func nameUnknownLosses(_ change: inout Change, with spec: JSONObject, live: JSONValue) {
    guard let schema else { return }
    let lost = SchemaDiff.unknownLosses(
      spec: spec, fields: change.fields, live: live, schema: schema)
    guard !lost.isEmpty else { return }
    let names = lost.map { "`\($0)`" }.joined(separator: ", ")
    change.remarks.append(
      Statement("unknown-losses", "this also removes what arctl does not know: \(names)"))
  }

  /// Refuses changes of immutable fields that arctl cannot bring about in any way.
  private func refuseImmutable(
    _ change: inout Change, code: String, because why: Statement.Sentence
  ) {
    let names = change.fields.filter(\.isImmutable).map { "`\($0.path)`" }
    guard !names.isEmpty else { return }
    change.intended = change.action
    change.action = .refused
    change.refusals = [
      Refusal(
        .immutableField,
        Statement(
          code, "\(names.joined(separator: ", ")) cannot be changed in place, and " + why),
        remedy: "write the live value back, move it manually, or choose a new id")
    ]
  }

  private func fields(
    _ spec: JSONObject, _ live: JSONValue, isMade: Bool = false
  ) -> [FieldChange] {
    guard let schema else { return [] }
    return SchemaDiff.changes(desired: spec, live: live, schema: schema, isMade: isMade).map {
      change in
      var change = change
      change.source = position(of: change.path)
      return change
    }
  }

  /// The place of the value, or of the nearest written value around it.
  private func position(of path: FieldPath) -> SourcePosition {
    var path = path
    while !path.components.isEmpty {
      if let position = desired.positions[path.description] { return position }
      path.components.removeLast()
    }
    return desired.source
  }
}

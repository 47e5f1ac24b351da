import CloudResources
import Diagnostics
import HTTP
import JSON
import Model
import Reconcile
import Resources
import TestSupport
import Testing

/// The requirements for every kind: one suite for all of them, against the sandbox over real sockets. A kind takes part
/// through its sample; no code here names a kind.
@Suite struct ConformanceTests {
  private static let all = KindSample.all
  /// The kinds that an API creates and deletes one by one.
  private static let written = all.filter { !$0.kind.place.isSetting && !$0.kind.isCredential }

  @Test func everyKindHasASample() {
    // arctl writes only the policies of the others: the story about keys of Cloud KMS covers them.
    let references = Set(KindSet.google.references.map(\.addressName))
    #expect(
      Set(KindSample.all.map(\.kind.addressName)).union(references).isSuperset(
        of: KindSet.google.resources.map(\.addressName)))
  }

  /// Every field that a manifest can write is tried, or the sample gives a reason.
  @Test func everyFieldIsTried() {
    for (name, samples) in Dictionary(grouping: Self.written, by: \.kind.name) {
      let tried = Set(
        samples.flatMap { ($0.changes + $0.fixed).map(\.field) + Array($0.untried.keys) })
      for field in samples[0].kind.schema.fields
      where field.traits.isDisjoint(with: [.outputOnly, .manifestOnly]) {
        #expect(tried.contains(field.name), "\(name): no value of `\(field.name)` is tried")
      }
    }
  }

  // MARK: create, update, reset

  @Test(arguments: all) func createdResourcesAreReadBackAndThePlanIsEmpty(
    _ sample: KindSample
  ) async throws {
    let stage = try ConformanceStage(sample)
    defer { stage.stop() }
    let plan = try await stage.plan()
    #expect(plan.changes.contains { $0.address == sample.address && $0.action == .create })
    try await stage.apply(plan)
    try await stage.expectNothingToDo()
    #expect(try await stage.change().action == .unchanged)
  }

  @Test(arguments: written) func eachFieldIsChangedAloneAndReset(
    _ sample: KindSample
  ) async throws {
    let stage = try ConformanceStage(sample)
    defer { stage.stop() }
    try await stage.apply()
    for value in sample.changes {
      try await expectUpdate(stage, [value], of: value.field)
      guard sample.kept[value.field] == nil else { continue }
      guard sample.kind.schema[value.field]?.traits.contains(.required) == false else {
        try await expectUpdate(stage, [], of: value.field)
        continue
      }
      // Null removes the value.
      try await expectUpdate(stage, [(value.field, "null")], of: value.field)
      if sample.spec.contains(where: { $0.field == value.field }) {
        try await expectUpdate(stage, [], of: value.field)
      }
    }
  }

  private func expectUpdate(
    _ stage: ConformanceStage, _ values: [KindSample.Value], of field: String
  ) async throws {
    let plan = try await stage.plan(values)
    let change = try await stage.change(in: plan)
    let what = "\(stage.sample.testDescription).\(field): \(values)"
    #expect(change.action == .update, "\(what) \(change.action) \(change.reason ?? "")")
    #expect(!change.fields.isEmpty, "\(what)")
    // A kind may add a safe default to the written fields; nothing else changes.
    let names = Set(change.fields.compactMap { $0.path.components.first.map(Self.name) })
    let written = Set(stage.sample.spec.map(\.field))
    #expect(
      names.contains(field) && names.subtracting([field]).isDisjoint(with: written), "\(what)")
    try await stage.apply(plan)
    try await stage.expectNothingToDo(values)
  }

  private static func name(_ component: FieldPath.Component) -> String {
    if case .field(let name) = component { name } else { "" }
  }

  @Test(arguments: written) func aFixedFieldIsNotChangedInPlace(
    _ sample: KindSample
  ) async throws {
    let stage = try ConformanceStage(sample)
    defer { stage.stop() }
    try await stage.apply()
    for value in sample.fixed {
      let plan = try await stage.plan([value] + (sample.companions[value.field] ?? []))
      let change = try await stage.change(in: plan)
      #expect(change.action == .refused, "\(sample.testDescription).\(value): \(change.action)")
      #expect(change.refusals.map(\.code).contains(.immutableField), "\(change.refusals)")
      #expect(!plan.operations.contains { $0.covers.contains(sample.address) })
    }
  }

  // MARK: delete, undelete

  @Test(arguments: written) func aDeletedResourceIsAbsentOrCanBeUndeleted(
    _ sample: KindSample
  ) async throws {
    let stage = try ConformanceStage(sample)
    defer { stage.stop() }
    try await stage.apply()
    let guarded = try await stage.change(in: try await stage.plan(isAbsent: true, allowing: []))
    #expect(guarded.action == .refused)
    try await stage.delete()
    let back = try await stage.plan()
    let change = try await stage.change(in: back)
    switch sample.kind.deletion {
    // A soft-deleted resource is found, is not taken for present, and its id is not free.
    case .soft: #expect(change.action == .undelete, "\(change.action)")
    case .final, .hidden: #expect(change.action == .create, "\(change.action)")
    case .never: Issue.record("it was deleted")
    }
    try await stage.apply(back)
    try await stage.expectNothingToDo()
  }

  /// At the time of the write another resource has the name of the planned one.
  @Test(arguments: written) func anotherResourceOfTheNameIsNotChanged(
    _ sample: KindSample
  ) async throws {
    let stage = try ConformanceStage(sample)
    defer { stage.stop() }
    try await stage.apply()
    let deletion = try await stage.plan(isAbsent: true)
    guard try await stage.change(in: deletion).identity.isEmpty == false else {
      // Its id can never be used again, so there cannot be another one.
      #expect(!sample.kind.deletion.idIsReusable)
      return
    }
    let other = sample.changes.prefix(1).map { $0 }
    guard sample.kind.deletion.idIsReusable else { return }
    try await stage.delete()
    try await stage.apply(try await stage.plan(other))
    let report = try await stage.execute(deletion)
    #expect(report.failed.map(\.failure.kind) == [.stale], "\(report.failed)")
    try await stage.expectNothingToDo(other)
  }

  // MARK: lists that say nothing

  @Test(arguments: all) func aForbiddenListProvesNoAbsence(_ sample: KindSample) async throws {
    try await expectNothingAbsent(sample) { _ in
      let error: JSONValue = [
        "error": ["code": 403, "status": "PERMISSION_DENIED", "message": "no"]
      ]
      return HTTPResponse(status: 403, body: error.serialized())
    }
  }

  @Test(arguments: all, ["{", "[]", #"{"%": {}}"#, #"{"%": [{}]}"#, #"{"%": [{"name": "x"}]}"#])
  func aBrokenListProvesNoAbsence(_ sample: KindSample, _ body: String) async throws {
    try await expectNothingAbsent(sample) { items in
      HTTPResponse(status: 200, body: Array(body.replacing("%", with: items).utf8))
    }
  }

  private func expectNothingAbsent(
    _ sample: KindSample, _ answer: @escaping @Sendable (String) -> HTTPResponse
  ) async throws {
    let stage = try ConformanceStage(sample)
    defer { stage.stop() }
    try await stage.apply()
    guard let items = stage.listedMember else { return }
    stage.answerLists { answer(items) }
    defer { #expect(stage.answeredLists > 0, "no list of \(sample.kind.name) was asked for") }
    for isAbsent in [false, true] where !(isAbsent && sample.documents != nil) {
      let change = try await stage.change(in: try await stage.plan(isAbsent: isAbsent))
      let allowed: Set<Change.Action> =
        isAbsent ? [.delete, .unreadable, .refused] : [.unchanged, .unreadable, .waiting]
      #expect(allowed.contains(change.action), "\(change.action) \(change.reason ?? "")")
    }
  }
}

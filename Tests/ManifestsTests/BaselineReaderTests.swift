import Diagnostics
import Manifests
import Model
import TestSupport
import Testing

/// A baseline is read strictly: what it accepts is not reported.
@Suite struct BaselineReaderTests {
  private func read(_ text: String) -> (baseline: Baseline?, diagnostics: [Diagnostic]) {
    BaselineReader.read(Array(text.utf8), file: "baseline.yaml", kinds: .google)
  }

  private func errors(
    _ entries: String, head: String = "apiVersion: arctl.dev/v1\nkind: Baseline\n"
  )
    -> [String]
  {
    let result = read("\(head)entries:\n\(entries)")
    #expect((result.baseline == nil) == !result.diagnostics.isEmpty)
    return result.diagnostics.map {
      "\($0.code.rawValue) \($0.position.map { "\($0.line):\($0.column)" } ?? "-") \($0.message)"
    }
  }

  private let rest = "    reason: r\n    expires: 2027-01-31\n"

  @Test func entriesOfBothForms() throws {
    let result = read(
      """
      apiVersion: arctl.dev/v1
      kind: Baseline
      entries:
        - address: p-one/serviceAccount/stray
          reason: the old job runs until March
          expires: 2027-03-01
        - address: p-one/iam/repository/us/libs
          role: roles/artifactregistry.reader
          member: user:Ana@Example.com
          condition: {title: night, expression: "request.time < x"}
          reason: r
          expires: 2027-03-01T12:00:00+01:00
      """)
    #expect(result.diagnostics.isEmpty)
    let entries = try #require(result.baseline).entries
    #expect(entries.count == 2)
    #expect(entries[0].thing == Baseline.Thing(Address(project: "p-one", .serviceAccount, "stray")))
    #expect(entries[0].reason == "the old job runs until March")
    #expect(entries[0].end == 1_803_859_200)
    #expect(entries[0].source?.line == 4)
    let grant = try #require(entries[1].thing.grant)
    #expect(grant.member == "user:ana@example.com")
    #expect(grant.condition == PolicyCondition(title: "night", expression: "request.time < x"))
    #expect(entries[1].end == 1_803_898_800)
  }

  @Test func noEntriesAreAllowed() {
    #expect(
      read("apiVersion: arctl.dev/v1\nkind: Baseline\nentries: []\n").baseline == Baseline())
  }

  @Test(arguments: [
    ("  - address: p/role/x\n    reason: r\n", "AR0112 4:5 an entry has no `expires`"),
    ("  - address: p/role/x\n    expires: 2027-01-31\n", "AR0112 4:5 an entry has no `reason`"),
    ("  - reason: r\n    expires: 2027-01-31\n", "AR0112 4:5 an entry has no `address`"),
    (
      "  - address: p/role/x\n    reason: r\n    expires: 2027-02-30\n",
      "AR0116 6:14 `2027-02-30` is not a day or an instant"
    ),
    (
      "  - address: p/role/x\n    reason: r\n    expires: soon\n",
      "AR0116 6:14 `soon` is not a day or an instant"
    ),
    (
      "  - address: p/role/x\n    reason: ''\n    expires: 2027-01-31\n",
      "AR0113 5:13 `reason` is empty"
    ),
    (
      "  - address: p/role/x\n    reason: r\n    expires: 2027-01-31\n    expire: x\n",
      "AR0104 7:5 unknown field `expire` in an entry"
    ),
    (
      "  - address: role/x\n    reason: r\n    expires: 2027-01-31\n",
      "AR0116 4:14 `role/x` is not the address of one resource or policy"
    ),
    (
      "  - address: p/role/x\n    role: roles/viewer\n    reason: r\n    expires: 2027-01-31\n",
      "AR0116 5:11 `role` belongs to a policy, and `p/role/x` is a resource"
    ),
    (
      "  - address: p/iam/project\n    role: roles/viewer\n    reason: r\n    expires: 2027-01-31\n",
      "AR0112 4:5 the entry for the policy `p/iam/project` has no `member`"
    ),
    ("  - p/role/x\n", "AR0113 4:5 an entry is text, not a map"),
    ("  a: b\n", "AR0113 4:3 `entries` is a map, not a list"),
  ])
  func mistakes(_ entries: String, _ message: String) {
    #expect(errors(entries) == [message])
  }

  @Test func aThingIsListedOnce() {
    let entry = "  - address: p/role/x\n" + rest
    #expect(errors(entry + entry) == ["AR0109 7:5 a second entry for `p/role/x`"])
  }

  @Test func itIsItsOwnKindOfDocument() {
    let entry = "  - address: p/role/x\n" + rest
    #expect(
      errors(entry, head: "apiVersion: v1\nkind: Stack\n") == [
        "AR0116 1:13 `apiVersion` is not `arctl.dev/v1`", "AR0116 2:7 `kind` is not `Baseline`",
      ])
    #expect(
      errors(entry, head: "kind: Baseline\n") == ["AR0112 1:1 the document has no `apiVersion`"])
    #expect(read("").baseline == nil)
    let one = "apiVersion: arctl.dev/v1\nkind: Baseline\nentries: []\n"
    #expect(read("\(one)---\n\(one)").diagnostics.map(\.code) == [.wrongType])
    #expect(read("entries: [\n").baseline == nil)
  }
}

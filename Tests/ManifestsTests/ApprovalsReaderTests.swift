import Diagnostics
import Manifests
import Model
import TestSupport
import Testing

@Suite struct ApprovalsReaderTests {
  private func read(
    _ entries: String, kind: String = "Approvals"
  ) -> (entries: [RowApproval], diagnostics: [Diagnostic]) {
    let text = "apiVersion: arctl.dev/v1\nkind: \(kind)\nentries:\n\(entries)"
    return ApprovalsReader.read(Array(text.utf8), file: "approvals.yaml", kinds: .google)
  }

  private static let whole = """
    - guard: allow-delete
      address: p-one/repository/us/old
      digest: 0123456789abcdef
      expires: 2027-01-31

    """

  @Test func everyFieldIsRead() throws {
    let read = read(
      Self.whole + """
        - {guard: allow-public, address: p-one/iam/repository/us/old, digest: '1234567890123456',
           expires: '2027-01-31T12:30:00Z', reason: a mirror}

        """)
    #expect(read.diagnostics == [])
    #expect(read.entries.count == 2)
    let first = try #require(read.entries.first)
    #expect(first.flag == .delete)
    #expect(first.address.description == "p-one/repository/us/old")
    #expect(first.digest == "0123456789abcdef")
    #expect(first.expires == "2027-01-31")
    #expect(first.end == 1_801_353_600)
    #expect(first.reason == nil)
    #expect(first.source.line == 4)
    #expect(read.entries[1].end == 1_801_353_600 + 45_000)
    #expect(read.entries[1].address.isPolicy)
    #expect(read.entries[1].reason == "a mirror")
  }

  @Test(arguments: [
    ("guard: allow-delete", "guard: delete", DiagnosticCode.badEnumValue),
    ("guard: allow-delete", "guard: max-deletes", .badEnumValue),
    ("guard: allow-delete", "guard: [allow-delete]", .wrongType),
    ("guard: allow-delete", "guards: allow-delete", .unknownField),
    ("us/old", "us/*", .badValue), ("us/old", "**", .badValue), ("p-one/", "", .badValue),
    ("repository/us/old", "thing/old", .badValue),
    ("0123456789abcdef", "0123456789ABCDEF", .badValue),
    ("0123456789abcdef", "0123456789abcde", .badValue),
    ("0123456789abcdef", "", .wrongType),
    ("2027-01-31", "2027-02-30", .badValue), ("2027-01-31", "never", .badValue),
    ("expires: 2027-01-31", "reason: x", .missingField),
    ("expires: 2027-01-31", "expires: 2027-01-31\n  expires: 2028-01-31", .duplicateKey),
  ])
  func oneMistakeInvalidatesTheFile(_ old: String, _ new: String, _ code: DiagnosticCode) {
    let read = read(Self.whole.replacing(old, with: new))
    #expect(read.entries.isEmpty)
    #expect(read.diagnostics.contains { $0.code == code && $0.severity == .error }, "\(new)")
  }

  @Test func theSameEntryTwiceIsAMistake() {
    let read = read(Self.whole + Self.whole)
    #expect(read.entries.isEmpty)
    #expect(read.diagnostics.map(\.code) == [.duplicateKey])
  }

  @Test func itIsOneDocumentOfItsKind() {
    #expect(read(Self.whole, kind: "Baseline").diagnostics.map(\.code) == [.badValue])
    #expect(read(Self.whole + "---\n{}\n").diagnostics.map(\.code) == [.wrongType])
    #expect(read("  {}\n").diagnostics.map(\.code) == [.wrongType])
    #expect(read(Self.whole + "also: 1\n").diagnostics.map(\.code) == [.unknownField])
    let empty = ApprovalsReader.read([], file: "approvals.yaml", kinds: .google)
    #expect(empty.diagnostics.map(\.code) == [.wrongType])
    #expect(read("  []\n").diagnostics == [])
  }
}

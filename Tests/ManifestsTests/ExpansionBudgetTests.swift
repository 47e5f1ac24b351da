import Diagnostics
import Manifests
import TestSupport
import Testing

/// Short manifests that would expand to gigabytes are refused early, at the place that exceeds the limit.
@Suite struct ExpansionBudgetTests {
  /// A Stack with one variable, and the document; the errors of the expansion. It takes no more steps than the budget has.
  private func load(
    _ variable: String, _ document: String
  ) throws -> [Diagnostic] {
    let text = """
      apiVersion: arctl.dev/v1
      kind: Stack
      metadata: {name: test}
      spec:
        defaults: {project: my-project-id, location: us-east4}
        variables:
          a: \(variable)
      ---
      apiVersion: arctl.dev/v1
      \(document)
      """
    let result = Loading(text).run()
    #expect(!result.diagnostics.contains { $0.code == .unusedVariable })
    #expect(result.steps < 2 * (64 << 20) + 10 * text.utf8.count)
    return result.diagnostics.filter { $0.code == .expansionTooLarge }
  }

  private func account(_ description: String, each: String = "{i: [x]}") -> String {
    """
    kind: ServiceAccount
    metadata: {name: "account-${i}"}
    each: \(each)
    spec: {description: "\(description)"}
    """
  }

  private func many(_ count: Int, _ text: String) -> String {
    String(repeating: text, count: count)
  }

  @Test func oneTextOfGigabytes() throws {
    for times in [2, 3_000, 20_000] {
      let found = try load(
        "{default: \(many(700_000, "x"))}", account(many(times, "${a}")))
      let error = try #require(found.first)
      #expect(found.count == 1)
      #expect(error.message == "the text is over 1 MiB with its variables replaced")
      #expect(error.position?.line == 13)
      // At the use that exceeds the limit.
      #expect(error.position?.column == 22 + "${a}".count)
    }
  }

  @Test func aMegabyteIsNotTooMuch() throws {
    let found = try load(
      "{default: \(many(1 << 16, "x"))}", account(many(16, "${a}")))
    #expect(found.isEmpty)
    let over = try load(
      "{default: \(many(1 << 16, "x"))}", account(many(16, "${a}") + "y${i}"))
    #expect(over.count == 1)
  }

  @Test func manyTextsOfAMegabyte() throws {
    let axis = (0..<9_000).map { "n\($0)" }.joined(separator: ", ")
    let found = try load(
      "{default: \(many(200_000, "x"))}", account(many(5, "${a}"), each: "{i: [\(axis)]}"))
    #expect(
      found.map(\.message) == [
        "variables and `each` expand these manifests to more than 64 MiB"
      ])
    #expect(found.first?.position?.line == 13)
    #expect(found.first?.position?.instance == "i=n66")
  }

  @Test func aLongDocumentManyTimes() throws {
    let axis = (0..<9_000).map { "n\($0)" }.joined(separator: ", ")
    let found = try load(
      "{default: x}", account(many(700_000, "y") + "${a}", each: "{i: [\(axis)]}"))
    #expect(found.count == 1)
  }

  @Test func aListInManyPlaces() throws {
    let items = many(100_000, "a,") + "a"
    let labels = (0..<2_000).map { "k\($0): \"${a}\"" }.joined(separator: ", ")
    let found = try load(
      "{type: list, default: [\(items)]}",
      """
      kind: Repository
      metadata: {name: libs}
      spec: {format: python, labels: {\(labels)}}
      """)
    #expect(found.count == 1)
  }

  @Test func tenThousandInstancesOfAnOrdinaryDocumentAreWithinIt() throws {
    let axis = (0..<10_000).map { "n\($0)" }.joined(separator: ", ")
    let labels = (0..<30).map { "key-\($0): value" }.joined(separator: ", ")
    let found = try load(
      "{default: x}",
      """
      kind: Repository
      metadata: {name: "libs-${i}"}
      each: {i: [\(axis)]}
      spec: {format: python, description: "${a}", labels: {\(labels)}}
      """)
    #expect(found.isEmpty)
  }
}

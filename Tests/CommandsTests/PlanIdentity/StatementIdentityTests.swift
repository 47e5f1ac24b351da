import Foundation
import Model
import TestSupport
import Testing

@testable import Reconcile

/// Ids depend on the codes and facts of sentences, not on their wording.
@Suite struct StatementIdentityTests {
  private static func world(reason: Statement) -> IdentityWorld {
    var world = IdentityWorld()
    world.changes[2].reason = reason
    world.changes[2].remarks = [reason]
    world.changes[2].hazards[0].statement = reason
    world.refused.refusals[0].statement = reason
    return world
  }

  private let before = world(reason: Statement("lost", "replacing it deletes \(12) GB in \("eu")"))

  @Test func anotherWordingKeepsTheIDs() {
    let after = Self.world(reason: Statement("lost", "\(12) GB would be lost in \("eu")"))
    #expect(before.shown != after.shown)
    #expect(before.id == after.id)
    #expect(before.digest == after.digest)
  }

  @Test(arguments: [
    Statement("lost", "replacing it deletes \(13) GB in \("eu")"),
    Statement("lost", "replacing it deletes \(12) GB in \("us")"),
    Statement("kept", "replacing it deletes \(12) GB in \("eu")"),
  ])
  func anotherFactOrCodeChangesTheIDs(_ statement: Statement) {
    let after = Self.world(reason: statement)
    #expect(before.id != after.id)
    #expect(before.digest != after.digest)
  }

  /// The codes are part of approved ids: none is renamed, and each new one is added here.
  @Test func theCodesAreStable() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../..").standardizedFileURL
    var codes: Set<String> = []
    let pattern =
      /(?:Statement\(\s*|&change,\s*code:\s*)"([a-z-]+(?:\.[a-z-]+)*)"|"(key\.(?:reissue|rotate|remote)[a-z.-]*)"/
    for folder in ["Model", "Grammar", "Kinds", "Reconcile", "Rendering"] {
      let files = FileManager.default.enumerator(
        at: root.appending(path: "Sources/\(folder)"), includingPropertiesForKeys: nil)
      for case let file as URL in try #require(files) where file.pathExtension == "swift" {
        let text = try String(contentsOf: file, encoding: .utf8)
        for match in text.matches(of: pattern) {
          codes.formUnion([match.output.1, match.output.2].compactMap { $0.map(String.init) })
        }
      }
    }
    let pinned = try String(
      contentsOf: root.appending(path: "Tests/Fixtures/statement-codes.txt"), encoding: .utf8)
    #expect(codes.sorted().joined(separator: "\n") + "\n" == pinned)
  }
}

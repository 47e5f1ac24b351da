import JSON
import Testing

@testable import Migration

/// The commands that take what was converted out of the other tool.
@Suite struct ReleaseTextTests {
  private func item(_ address: String, skipped: Bool = false, program: String = "terraform")
    -> ConvertedItem
  {
    var item = ConvertedItem(.terraform(TerraformOrigin(address: address, program: program)))
    item.skipped = skipped ? "x" : nil
    return item
  }

  private func text(_ items: [ConvertedItem]) -> String {
    ReleaseText(items).lines.joined(separator: "\n")
  }

  @Test func nothingConvertedNeedsNoCommand() {
    #expect(ReleaseText([]).lines == [])
    #expect(ReleaseText([item("google_x.y", skipped: true)]).lines == [])
  }

  /// One block for all instances of a resource; a command for each.
  @Test func blocksHaveNoKeys() {
    let found = text([
      item("google_x.y[0]"), item("google_x.y[1]"), item(#"module.m["k"].google_x.y"#),
    ])
    #expect(
      found.ranges(of: "removed {").count == 2
        && found.ranges(of: "  from = google_x.y\n").count == 1)
    #expect(found.contains("  from = module.m.google_x.y\n"))
    #expect(found.contains("    destroy = false\n"))
    #expect(
      found.contains("\nterraform state rm 'google_x.y[0]'\nterraform state rm 'google_x.y[1]'"))
    #expect(found.contains(#"terraform state rm 'module.m["k"].google_x.y'"#))
  }

  /// A block would also remove the instance that was not converted.
  @Test func aResourceWithASkippedInstanceGetsNoBlock() {
    let found = text([item("google_x.y[0]"), item("google_x.y[1]", skipped: true)])
    #expect(!found.contains("removed {") && found.contains("#   google_x.y[0]"))
    #expect(
      found.contains("terraform state rm 'google_x.y[0]'") && !found.contains("rm 'google_x.y[1]"))
  }

  @Test func whatIsConvertedInPartIsNamed() {
    var part = item("google_x.part")
    part.lose("x")
    let found = text([item("google_x.whole"), part])
    #expect(found.contains("before you release them:\n#   google_x.part\n\n"))
    #expect(!text([item("google_x.whole")]).contains("Not everything"))
  }

  @Test func tofuHasItsOwnProgram() {
    let found = text([item("google_x.y", program: "tofu")])
    #expect(found.contains("tofu state rm google_x.y") && !found.contains("terraform"))
    #expect(found.contains("removed {\n  from = google_x.y\n}") && !found.contains("lifecycle"))
  }

  /// No name of an instance ends its line, its quotes or its block.
  @Test(arguments: [
    "google_x.y\nrm -rf /", "google_x.y'; rm -rf /; '", "google_x.y$(rm)", "google_x.y\u{202E}z",
    "google_x.y}\nresource \"a\" \"b\" {}", "google_x.y[\"\n\"]",
  ])
  func hostileNames(_ address: String) {
    for line in ReleaseText([item(address)]).lines {
      #expect(!line.contains("\n") && !line.unicodeScalars.contains { $0.isHidden })
      guard line.hasPrefix("terraform state rm ") else { continue }
      let argument = line.dropFirst("terraform state rm ".count)
      #expect(argument.hasPrefix("'") && argument.hasSuffix("'"))
      #expect(argument.replacing("'\\''", with: "").dropFirst().dropLast().contains("'") == false)
    }
  }

  @Test func objectsAreAbandonedThenDeleted() {
    let origin = ConnectorOrigin(
      kind: "Service", group: "serviceusage.cnrm.cloud.google.com", namespace: "team-a",
      object: "iam.googleapis.com")
    let lines = ReleaseText([ConvertedItem(.connector(origin))]).lines
    let name = "service.serviceusage.cnrm.cloud.google.com/iam.googleapis.com -n team-a"
    let first = lines.firstIndex(
      of: "kubectl annotate \(name) cnrm.cloud.google.com/deletion-policy=abandon --overwrite")
    let second = lines.firstIndex(of: "kubectl delete \(name)")
    #expect(first != nil && second != nil && (first ?? 0) < (second ?? 0))
    #expect(lines.contains("#       cnrm.cloud.google.com/deletion-policy: abandon"))
  }
}

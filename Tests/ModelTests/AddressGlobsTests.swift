import Model
import Testing

@Suite struct AddressGlobsTests {
  private static let addresses = ["us", "eu"].flatMap { location in
    ["a", "b", "*"].map { Address(project: "p", .repository, location, $0) }
  }

  /// The set selects an address if one of the globs does.
  @Test(arguments: [
    [], ["p/repository/us/a"], ["repository/eu/b", "p/repository/*/a"],
    ["**/b", "repository/us/a"],
    ["p/repository/us"], ["*"],
  ])
  func manyAreTheirUnion(_ patterns: [String]) {
    let globs = patterns.map(AddressGlob.init)
    for address in Self.addresses {
      let one = globs.contains { $0.selects(address) }
      #expect(AddressGlobs(globs).selects(address) == one, "\(address)")
    }
  }
}

import Testing

@testable import Migration

/// Addresses of instances, and the addresses of their resources in the configuration.
@Suite struct TerraformAddressTests {
  @Test(arguments: [
    ("k", #"["k"]"#), ("", #"[""]"#), (#"a"b\c"#, #"["a\"b\\c"]"#),
    ("${x}%{y}$z", "[\"$${x}%%{y}$z\"]"),
    ("a\nb\tc", #"["a\nb\tc"]"#), ("\u{202E}x\u{1}", #"["\u202ex\u0001"]"#),
  ])
  func keysAreQuotedAsTerraformDoes(_ key: String, _ text: String) {
    #expect(TerraformAddress.key(key) == text)
  }

  @Test(arguments: [
    ("google_x.y", "google_x.y"),
    ("google_x.y[0]", "google_x.y"),
    (#"module.a["k"].module.b[12].google_x.y["z"]"#, "module.a.module.b.google_x.y"),
    (#"google_x.y["a\"].b[0"]"#, "google_x.y"),
    ("google_x.größe", "google_x.größe"),
  ])
  func keysAreRemoved(_ address: String, _ expected: String) {
    #expect(TerraformAddress.withoutKeys(address) == expected)
  }

  /// An address that is none becomes no block: its text could close the block and open another one.
  @Test(arguments: [
    "google_x.y[", "google_x.y[0", "google_x.y[a]", #"google_x.y["k"#, #"google_x.y["k"x]"#,
    "google_x.y\n}", "google_x", "google_x..y", "google_x.y}{", "", "google_x.y z",
    "google_x.y\u{202E}",
  ])
  func otherTextsAreRefused(_ address: String) {
    #expect(TerraformAddress.withoutKeys(address) == nil)
  }

  /// What a key may hold never ends it early.
  @Test(arguments: ["\"]", "\\\"]", "]", "a\\", "${\"}", "\"].module.x[\""])
  func hostileKeysAreRemovedWhole(_ key: String) {
    let address = "module.m\(TerraformAddress.key(key)).google_x.y\(TerraformAddress.key(key))"
    #expect(TerraformAddress.withoutKeys(address) == "module.m.google_x.y")
  }
}

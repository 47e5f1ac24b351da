import Testing

@testable import GoogleCloud

@Suite struct OriginTests {
  @Test(arguments: [
    ("https://iam.googleapis.com/v1/x?y=z", "https://iam.googleapis.com"),
    ("HTTPS://IAM.GoogleAPIs.com", "https://iam.googleapis.com"),
    ("https://iam.googleapis.com:443/", "https://iam.googleapis.com"),
    ("https://iam.googleapis.com:8443/", "https://iam.googleapis.com:8443"),
    ("http://127.0.0.1:8080/token", "http://127.0.0.1:8080"),
    ("http://[::1]:9/", "http://[::1]:9"),
    ("http://localhost?x", "http://localhost"),
  ])
  func takes(_ url: String, _ origin: String) {
    #expect(Origin(of: url)?.description == origin)
  }

  @Test(arguments: [
    "", "iam.googleapis.com", "//iam.googleapis.com", "ftp://iam.googleapis.com", "https://",
    "https://user@iam.googleapis.com/", "https://iam.googleapis.com@evil.example/",
    "https://evil.example\\@iam.googleapis.com/", "https://evil.example#.googleapis.com",
    "https://iam.googleapis.com.", "https://iam..googleapis.com", "https://iam googleapis.com",
    "https://%69am.googleapis.com", "https://iam.googleapis.com:", "https://iam.googleapis.com:0",
    "https://iam.googleapis.com:65536", "https://iam.googleapis.com:+443", "https://[::1",
    "https://[::1]x", "http://127.1", "http://2130706433", "http://0x7f.0.0.1", "http://0x7f000001",
    "http://0177.0.0.1", "http://127.0.0.256", "https://ïam.googleapis.com",
    "https://iam.googleapis.com/\r\nX: y", "https://a.example/{x}", "https:///x", "https://[]/",
  ])
  func refuses(_ url: String) {
    #expect(Origin(of: url) == nil)
  }

  @Test(arguments: [
    "http://localhost", "http://127.0.0.1:1", "http://127.255.3.4", "https://[::1]",
  ])
  func loopback(_ url: String) throws {
    #expect(try #require(Origin(of: url)).isLoopback)
  }

  @Test(arguments: [
    "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://128.0.0.1",
    "http://[::2]", "http://[::ffff:7f00:1]", "http://metadata.google.internal",
  ])
  func notLoopback(_ url: String) throws {
    #expect(try !#require(Origin(of: url)).isLoopback)
  }

  @Test(arguments: [
    ("https://iam.googleapis.com", true), ("https://oauth2.googleapis.com/token", true),
    ("https://accounts.google.com/o/oauth2/token", true),
    ("http://iam.googleapis.com", false), ("https://iam.googleapis.com:8443", false),
    ("https://googleapis.com.evil.example", false), ("https://evilgoogleapis.com", false),
    ("https://googleapis.com", false), ("https://x.accounts.google.com", false),
    ("https://127.0.0.1", false),
  ])
  func google(_ url: String, _ isGoogle: Bool) throws {
    #expect(try #require(Origin(of: url)).isGoogle == isGoogle)
  }
}

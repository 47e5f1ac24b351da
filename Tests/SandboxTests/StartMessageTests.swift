import Testing

@testable import Sandbox

@Suite struct StartMessageTests {
  private let message = StartMessage(
    baseURL: "http://127.0.0.1:8085", ownerFile: "/home/me/it's my data/owner.json")

  private var lines: [String] {
    message.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func foldersAreQuotedForTheShell() {
    let quoted = #"'/home/me/it'\''s my data/owner.json'"#
    #expect(lines.contains("export GOOGLE_APPLICATION_CREDENTIALS=\(quoted)"))
    #expect(lines.contains("export CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE=\(quoted)"))
    #expect(lines.count { $0.contains("my data") } == 2)
  }

  @Test func aTerminalOfEightyColumnsShowsIt() {
    // One name of gcloud's is long, and folders are what they are; a terminal joins what it wrapped.
    let long = lines.filter {
      $0.count > 80 && !$0.contains("my data") && !$0.contains("CLOUDRESOURCEMANAGER")
    }
    #expect(long == [])
    #expect(lines.count <= 32)
  }
}

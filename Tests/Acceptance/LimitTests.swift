import Glibc
import Testing

/// Under any limit, a run ends by itself and reports correctly what it did.
@Suite struct LimitTests {
  /// In MiB: from too little for the dynamic linker to enough.
  @Test(arguments: [40, 60, 70, 80, 90, 100, 130, 160, 190, 220, 260, 300, 340, 380, 420, 500])
  func underAnyMemoryLimitARunReportsCorrectly(_ memory: Int) async {
    await runStory(
      Story(
        name: "\(memory) MiB",
        text: """
          repository manifests manifests
          sandbox start --project my-project-id
          limit memory \(memory)
          exit any arctl validate
          exit any arctl plan
          ! stderr 'is not an RSA private key'
          ! stderr 'not a private key'
          ! stderr 'connect'
          """))
  }

  @Test(arguments: Array(4...32)) func underAnyFileLimitARunReportsCorrectly(_ files: Int) async {
    await runStory(
      Story(
        name: "\(files) files",
        text: """
          repository manifests manifests
          sandbox start --project my-project-id
          limit open-files \(files)
          exit any arctl apply --auto-approve --key-dir keys
          ! stderr 'connect to'
          ! stdout 'connect to'
          limit none
          arctl apply --auto-approve --key-dir keys
          stdout 'No changes.'
          """))
  }

  /// A run creates all its threads at the start, and needs no more than these. Only root can switch to a user without other
  /// threads.
  @Test(.enabled(if: getuid() == 0), arguments: Array(2...9))
  func aRunCreatesNoThreadsLater(_ threads: Int) async {
    await runStory(
      Story(
        name: "\(threads) threads",
        text: """
          repository manifests manifests
          sandbox start --project my-project-id
          limit threads \(threads)
          exit \(threads < 4 ? 1 : 0) arctl plan
          \(threads < 4 ? "stderr '`ulimit -u` is \(threads)'" : "stdout '+ repository/'")
          """))
  }
}

import Glibc
import Testing

/// Whatever a limit leaves, a run ends by itself, and with what it did said truly.
@Suite struct LimitTests {
  /// In MiB: from too little for the dynamic linker to plenty.
  @Test(arguments: [40, 60, 70, 80, 90, 100, 130, 160, 190, 220, 260, 300, 340, 380, 420, 500])
  func noAmountOfMemoryMakesItLieOrHang(_ memory: Int) async {
    await tell(
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

  @Test(arguments: Array(4...32)) func noNumberOfFilesMakesItLieOrHang(_ files: Int) async {
    await tell(
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

  /// The threads that a run needs are made at its start: with these and not one more it gets to its end. Only root can
  /// become a user who has no other.
  @Test(.enabled(if: getuid() == 0), arguments: Array(2...9))
  func aRunNeedsNoThreadLater(_ threads: Int) async {
    await tell(
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

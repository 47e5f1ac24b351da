import Testing

/// The process exits without the exit handlers of libraries, because other threads may still use the libraries.
@Suite struct ExitTests {
  /// The dynamic linker reports the initialization of each library and, if a process calls `exit`, its finalization.
  @Test func noLibraryIsFinalizedAtExit() async {
    await runStory(
      Story(
        name: "the end of both programs",
        text: """
          repository manifests manifests
          set LD_DEBUG files
          arctl version
          stderr 'calling init'
          ! stderr 'calling fini'
          exit 64 arctl no-such-verb
          ! stderr 'calling fini'
          arctl plan --sandbox=box
          stdout '+ repository/'
          stderr 'arctl-sandbox'
          ! stderr 'calling fini'
          """))
  }
}

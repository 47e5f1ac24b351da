import Testing

/// A run that is over ends at once: no library's own last work runs beside the threads that still use the library.
@Suite struct ExitTests {
  /// The dynamic linker reports each library's beginning and, in a process that calls `exit`, its end.
  @Test func noLibraryIsTakenDownAtTheEnd() async {
    await tell(
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

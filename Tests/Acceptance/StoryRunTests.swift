import Testing

/// The runner itself: a step fails if its expectation fails, or if the step is not valid.
@Suite struct StoryRunTests {
  private static let files = """
    -- a.json --
    {"list": [{"name": "x", "size": 3}], "text": "some text"}
    -- a.txt --
    one   two
    """

  @Test(arguments: [
    "contains a.txt 'one two'", "! contains a.txt three", "json in a.json list count 1",
    "json in a.json list[name=x].size == 3", "json in a.json list[0].name == x",
    "json in a.json text ~ '^some'", "json in a.json nothing absent", "file a.txt mode 0644",
    "exit 64 arctl nonsense", "cmp a.txt a.txt", "! file b.txt",
  ])
  func holds(_ step: String) throws {
    let run = try StoryRun(Story(name: "holds", text: "\(step)\n\(Self.files)"))
    defer { run.tearDown() }
    try run.run()
  }

  @Test(arguments: [
    "contains a.txt three", "! contains a.txt 'one two'", "json in a.json list count 2",
    "json in a.json list[name=x].size == 4", "json in a.json list[name=y].size == 3",
    "json in a.json text ~ '^text'", "json in a.json text absent", "json in a.txt text == 1",
    "file a.txt mode 0600", "arctl nonsense", "exit 64 arctl version",
    "! cmp a.txt a.txt", "cmp a.txt a.json", "file b.txt", "! file a.txt", "stdout anything",
    "edit a.txt three four", "journal writes == 0", "http GET /", "sandbox stop", "nonsense",
    "contains 'a.txt", "contains a.txt $NOBODY", "token a.json", "kill",
  ])
  func fails(_ step: String) throws {
    let run = try StoryRun(Story(name: "fails", text: "\(step)\n\(Self.files)"))
    defer { run.tearDown() }
    #expect(throws: StoryFailure.self) { try run.run() }
  }
}

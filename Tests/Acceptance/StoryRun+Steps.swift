import Glibc

extension StoryRun {
  /// Executes one step; `README.md` describes them.
  func perform(_ text: String) throws {
    var words = try Words(
      text, variables: variables.merging(saved.compactMapValues(\.string)) { $1 })
    let expectation = try Expectation(&words)
    let verb = try words.next("a verb")
    switch verb {
    case "sandbox": try sandbox(&words)
    case "arctl": try arctl(words.rest, expectation)
    case "linked": try linked(&words, expectation)
    case "traced": try traced(&words, expectation)
    case "calls": try checkCalls(&words)
    case "start": try startArctl(&words)
    case "kill": try killArctl()
    case "interrupt": try startedArctl().kill(SIGINT)
    case "hangup": try startedArctl().kill(SIGHUP)
    case "wait": try waitForArctl(expectation)
    case "git": try git(words.rest, expectation)
    case "http": try http(&words, expectation)
    case "seed": try seed(&words)
    case "credential": try credential(&words)
    case "token": try token(&words)
    case "stdout", "stderr": try checkText(of: verb, &words, expectation)
    case "contains": try contains(&words, expectation)
    case "json": try json(&words)
    case "journal": try journal(&words, expectation)
    case "await": try awaitJournal(&words)
    case "secret": try secret(&words)
    case "accounted": try accounted(&words)
    case "limit": try limit(&words)
    case "unseen": try unseen(&words)
    default: try fileStep(verb, &words, expectation)
    }
  }
}

/// The prefix of a step: `!`, `exit N`, `status N`.
struct Expectation {
  var isNegated = false
  /// Nil: any exit code.
  var exit: Int32? = 0
  var status: Int?

  init(_ words: inout Words) throws {
    while true {
      if words.take("!") {
        isNegated = true
      } else if words.take("exit") {
        exit = words.take("any") ? nil : Int32(try words.number("the exit code"))
      } else if words.take("status") {
        status = try words.number("the status")
      } else {
        return
      }
    }
  }
}

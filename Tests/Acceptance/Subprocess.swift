import Foundation
import Glibc

/// A program that a story started, with its output in files. The story owns it, and waits for it or kills it.
final class Subprocess {
  enum End: Equatable, CustomStringConvertible {
    case exit(Int32)
    case signal(Int32)

    var description: String {
      switch self {
      case .exit(let code): "exit \(code)"
      case .signal(let number): "signal \(number)"
      }
    }
  }

  let id: pid_t
  private let outputFile: String
  private let errorFile: String
  private(set) var end: End?

  /// Starts a program whose standard input is a file, by default an empty one. (posix_spawn)
  init(
    _ program: String, _ arguments: [String], folder: String, environment: [String: String],
    input: String = "/dev/null", output: String
  ) throws {
    (outputFile, errorFile) = ("\(output).out", "\(output).err")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    let mode = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 1, outputFile, mode, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errorFile, mode, 0o600)
    // Swift does not see posix_spawn_file_actions_addchdir_np; env becomes the program, with its id.
    let env = "/usr/bin/env"
    var argv = ([env, "-C", folder, program] + arguments).map { strdup($0) } + [nil]
    var environ = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + environ { free(text) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, env, &actions, nil, &argv, &environ)
    guard code == 0 else {
      throw StoryFailure("cannot start \(program): \(String(cString: strerror(code)))")
    }
    self.id = id
  }

  var output: String { read(outputFile) }
  var errors: String { read(errorFile) }

  private func read(_ file: String) -> String {
    String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
  }

  /// Whether it has ended. (waitpid)
  func hasEnded() -> Bool {
    if end != nil { return true }
    var status: Int32 = 0
    guard waitpid(id, &status, WNOHANG) == id else { return false }
    let signal = status & 0x7f
    end = signal == 0 ? .exit(status >> 8 & 0xff) : .signal(signal)
    return true
  }

  /// Waits until it ends; kills it if it hangs.
  func wait() throws -> End {
    let isOver = poll { hasEnded() }
    guard isOver, let end else {
      kill(SIGKILL)
      throw StoryFailure("it hangs\n\(output)\(errors)")
    }
    return end
  }

  func kill(_ signal: Int32) {
    if !hasEnded() { Glibc.kill(id, signal) }
  }
}

/// Checks a condition every few milliseconds until it is true; returns false after half an hour.
///
/// The limit only ends tests that hang. It is too long to decide a test on a slow machine.
func poll(_ condition: () throws -> Bool) rethrows -> Bool {
  let end = Date.now.addingTimeInterval(1800)
  while try !condition() {
    if Date.now > end { return false }
    usleep(3000)
  }
  return true
}

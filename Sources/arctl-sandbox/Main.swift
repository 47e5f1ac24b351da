import Glibc
import Sandbox

@main
struct Main {
  static func main() {
    exit(SandboxCommand.run(Array(CommandLine.arguments.dropFirst())))
  }
}

import Platform
import Sandbox

@main
struct Main {
  static func main() { endProcess(SandboxCommand.run(Array(CommandLine.arguments.dropFirst()))) }
}
